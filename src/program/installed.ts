/** Which functions a file installs in a field that is called through. */
import type { StructDefinition } from '../syntax/ast.js';
import type { AskedTree } from './asked.js';
import type { FunctionReference, Shell } from './file.js';
import type { Ledger } from './ledger.js';
import { folderOf, isNear } from './place.js';

/** In more files than this, who installs a function in a field is not looked for. */
const maxInstallers = 40;

/** A list of values by their positions, for a variable of a struct. */
const table = /^(?:static\s+|const\s+)*(?:struct\s+)?(\w+)\s+\w+\s*=\s*\{([\w\s&,]*)\}/gm;

/** What installations are looked up in. */
interface Sources {
  tree: AskedTree;
  ledger: Ledger;
  shell(name: string): Shell | null;
  matches: AskedTree['matches'];
  says(file: string, pattern: RegExp): boolean;
  resolve(name: string, from: string): FunctionReference[];
  structure(tag: string, file: string): StructDefinition | null;
  /** The tree is that of a driver. */
  isDriver: boolean;
}

/** The names that a text's tables of a struct have for a member: `static const struct file_operations ops = { .release = box_release }`. */
export function installedAs(text: string, struct: string, member: string): string[] {
  const installed = new RegExp(`struct\\s+${struct}\\s+\\w+\\s*=\\s*\\{[^}]*\\.${member}\\s*=\\s*(\\w+)`, 'g');
  return [...new Set(Array.from(text.matchAll(installed), (match) => match[1] as string))];
}

/** What files install where. */
export interface Installations {
  /** The functions that initialisers or assignments install in a field, as a file sees it. */
  installed(name: string, field: string): FunctionReference[];
  /** The fields in which a file installs a function. */
  installedFor(name: string, value: string): string[];
}

/** Opens the lookup of what is installed in fields. */
export function installations({ tree, ledger, shell, matches, says, resolve, structure, isDriver }: Sources): Installations {
  const installedIn = ledger.memo<FunctionReference[]>();
  function installed(name: string, field: string): FunctionReference[] {
    const key = `${name}\0${field}`;
    return installedIn.get(key) ?? installedIn.work(key, () => findInstalled(name, field));
  }

  /** The file's own installations; without any, those of its folder and below if they all name one function; in a driver's tree, else, those of all. */
  function findInstalled(name: string, field: string): FunctionReference[] {
    if (!/^\w+$/.test(field)) return [];
    const own = installers(name, field).flatMap((f) => (shell(name)?.byName.get(f) ?? []).filter((r) => !r.macro));
    if (own.length > 0) return own;
    const all = tree.filesAccessing(field);
    const near = onlyInstalled(
      all.filter((f) => isNear(f, folderOf(name))),
      field,
    );
    return near ?? (isDriver ? onlyInstalled(all, field) : null) ?? [];
  }

  /** The functions of the one name that files install in a field; none where they name several, `null` where they name nothing. */
  function onlyInstalled(files: readonly string[], field: string): FunctionReference[] | null {
    if (files.length > maxInstallers) return [];
    const names = new Map(files.flatMap((f) => installers(f, field).map((installs) => [installs, f])));
    const [only, ...others] = names;
    if (!only) return null;
    return others.length === 0 ? resolve(only[0], only[1]).filter((r) => !r.macro) : [];
  }

  /** Names that a file's initialisers and assignments put into a field. */
  function installers(name: string, field: string): string[] {
    const pattern = new RegExp(`(?:\\.|->)${field}\\s*=\\s*&?(\\w+)`);
    const values = matches(name, pattern).map((m) => m[1] as string);
    const all = values.length > 0 || !isDriver ? values : tables(name).flatMap((t) => (t.field === field ? [t.value] : []));
    return [...new Set(all)].filter((value) => value !== 'NULL');
  }

  /** The same of lists that name no fields: `static const struct ops ops = { buf_open, buf_free };`. */
  function tables(name: string): { field: string; value: string }[] {
    return matches(name, table).flatMap(([, tag = '', values = '']) => {
      const fields = structure(tag, name)?.fields ?? [];
      return values.split(',').flatMap((written, i) => {
        const value = /^\s*&?(\w+)\s*$/.exec(written)?.[1];
        const field = fields[i]?.name;
        return value === undefined || !field ? [] : [{ field, value }];
      });
    });
  }

  function installedFor(name: string, value: string): string[] {
    if (!says(name, new RegExp(`[={,]\\s*&?${value}\\s*[,;}]`))) return [];
    const named = matches(name, new RegExp(`(?:\\.|->)(\\w+)\\s*=\\s*&?${value}\\b`)).map((match) => match[1] as string);
    return [...new Set([...named, ...tables(name).flatMap(({ field, value: other }) => (other === value ? [field] : []))])];
  }

  return { installed, installedFor };
}
