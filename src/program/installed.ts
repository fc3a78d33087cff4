/** Which functions a file installs in a field that is called through. */
import type { FileFacts, FunctionReference } from './file.js';
import type { Ledger } from './ledger.js';
import { folderOf, isNear } from './place.js';
import type { AskedTree } from './questions.js';

/** In more files than this, who installs a function in a field is not looked for. */
const maxInstallers = 40;

/** What installations are looked up in. */
interface Sources {
  tree: AskedTree;
  ledger: Ledger;
  file(name: string): FileFacts | null;
  resolve(name: string, from: string): FunctionReference[];
}

/** The names that a text's tables of a struct have for a member: `static const struct file_operations ops = { .release = box_release }`. */
export function installedAs(text: string, struct: string, member: string): string[] {
  const installed = new RegExp(`struct\\s+${struct}\\s+\\w+\\s*=\\s*\\{[^}]*\\.${member}\\s*=\\s*(\\w+)`, 'g');
  return [...new Set(Array.from(text.matchAll(installed), (match) => match[1] as string))];
}

/** Asks for the functions that initialisers or assignments install in a field, as a file sees it. */
export function installations({ tree, ledger, file, resolve }: Sources): (name: string, field: string) => FunctionReference[] {
  const installedIn = ledger.memo<FunctionReference[]>();
  function installed(name: string, field: string): FunctionReference[] {
    const key = `${name}\0${field}`;
    return installedIn.get(key) ?? installedIn.work(key, () => findInstalled(name, field));
  }

  /** The file's own installations; without any, those of its folder and below, if they all name one function. */
  function findInstalled(name: string, field: string): FunctionReference[] {
    if (!/^\w+$/.test(field)) return [];
    const own = installers(name, field).flatMap((f) => (file(name)?.byName.get(f) ?? []).filter((r) => !r.macro));
    if (own.length > 0) return own;
    const folder = folderOf(name);
    const near = tree.filesAccessing(field).filter((f) => isNear(f, folder));
    if (near.length > maxInstallers) return [];
    const names = new Map(near.flatMap((f) => installers(f, field).map((installs) => [installs, f])));
    const [only] = names.size === 1 ? names : [];
    return only ? resolve(only[0], only[1]).filter((r) => !r.macro) : [];
  }

  /** Names that a file's initialisers and assignments put into a field. */
  function installers(name: string, field: string): string[] {
    const pattern = new RegExp(`(?:\\.|->)${field}\\s*=\\s*&?(\\w+)`, 'g');
    const values = [...(file(name)?.text.matchAll(pattern) ?? [])].map((m) => m[1] as string);
    return [...new Set(values)].filter((value) => value !== 'NULL');
  }

  return installed;
}
