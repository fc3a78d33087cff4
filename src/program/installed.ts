/** Finds the functions that a file installs in a field which is called through: `.release = box_release`, `ops->put = my_put`. */
import type { StructDefinition } from '../syntax/ast.js';
import type { AskedTree } from './asked.js';
import type { FunctionReference, Shell } from './file.js';
import type { Ledger } from './ledger.js';
import { memberText } from './patterns.js';
import { folderOf, isNear } from './place.js';

/** A field that more files than this access is not searched for installed functions. */
const maxInstallers = 40;
/** A member in which more functions than this are installed is treated as unknown. */
const most = 8;

/** Matches a variable whose initialiser lists values by position, `static const struct ops ops = { buf_open, buf_free };`. */
const table = /^(?:static\s+|const\s+)*(?:struct\s+)?(\w+)\s+\w+\s*=\s*\{([\w\s&,]*)\}/gm;

/** What the lookup needs. */
interface Sources {
  tree: AskedTree;
  ledger: Ledger;
  shell(file: string): Shell | null;
  matches: AskedTree['matches'];
  says(file: string, pattern: RegExp): boolean;
  resolve(name: string, from: string): FunctionReference[];
  structure(tag: string, file: string): StructDefinition | null;
  /** True if the tree is a driver's. */
  isDriver: boolean;
}

/**
 * Returns the names that a text's initialisers of a struct give a member: `static const struct file_operations ops = { .release =
 * box_release }`.
 */
export function installedAs(text: string, struct: string, member: string): string[] {
  const installed = new RegExp(`struct\\s+${struct}\\s+\\w+\\s*=\\s*\\{[^}]*\\.${member}\\s*=\\s*(\\w+)`, 'g');
  return [...new Set(Array.from(text.matchAll(installed), (match) => match[1] as string))];
}

/** Returns a pattern that matches where a function is put into a member, by assignment, designated initialiser or position in a list. */
export function installing(name: string): RegExp {
  return new RegExp(`[={,]\\s*&?${name}\\s*[,;}]`);
}

/** Looks up which functions are installed where. */
export interface Installations {
  /**
   * Returns the functions that initialisers or assignments install in a field, as a file sees it.
   * @param struct leaves out what is installed in a member of that name of another struct
   */
  installed(file: string, field: string, struct?: string | null): FunctionReference[];
  /** Returns all functions that a driver's files install in a member of a struct; none if there are too many or one is not known. */
  installedAnywhere(struct: string, field: string): readonly FunctionReference[];
  /** Returns the fields in which a file installs a function. */
  installedFor(file: string, value: string): string[];
}

/** Opens the lookup. It remembers what it has found. */
export function installations({ tree, ledger, shell, matches, says, resolve, structure, isDriver }: Sources): Installations {
  const known = ledger.memo<FunctionReference[]>();
  function installed(file: string, field: string, struct: string | null = null): FunctionReference[] {
    const key = `${file}\0${field}\0${struct ?? ''}`;
    return known.get(key) ?? known.work(key, () => findInstalled(file, field, struct));
  }

  /**
   * The file's own installations; else those of its folder and below, if they all name one function; else, in a driver's tree, those of all
   * files on the same condition.
   */
  function findInstalled(file: string, field: string, struct: string | null): FunctionReference[] {
    if (!/^\w+$/.test(field)) return [];
    const own = installers(file, field, struct).flatMap((f) => (shell(file)?.byName.get(f) ?? []).filter((r) => !r.macro));
    if (own.length > 0) return own;
    const all = tree.filesAccessing(field);
    const near = onlyInstalled(
      all.filter((f) => isNear(f, folderOf(file))),
      field,
      struct,
    );
    return near ?? (isDriver ? onlyInstalled(all, field, struct) : null) ?? [];
  }

  /** The functions of the single name that files install in a field; `[]` if they install several names, `null` if none. */
  function onlyInstalled(files: readonly string[], field: string, struct: string | null): FunctionReference[] | null {
    if (files.length > maxInstallers) return [];
    const all = files.flatMap((file) => installers(file, field, struct).map((value) => ({ value, file })));
    const [only, ...others] = new Set(all.map(({ value }) => value));
    if (only === undefined) return null;
    return others.length === 0 ? meant(all).filter((r) => !r.macro) : [];
  }

  /** The functions that names mean in the files that have them, each once. */
  function meant(all: readonly { value: string; file: string }[]): FunctionReference[] {
    return [...new Map(all.flatMap(({ value, file }) => resolve(value, file)).map((r) => [r.key, r])).values()];
  }

  const several = ledger.memo<readonly FunctionReference[]>();
  function installedAnywhere(struct: string, field: string): readonly FunctionReference[] {
    const key = `${struct}\0${field}`;
    return several.get(key) ?? several.work(key, () => findAll(struct, field));
  }

  function findAll(struct: string, field: string): readonly FunctionReference[] {
    const naming = tree.filesAccessing(field);
    const files = isDriver ? [...new Set([...naming, ...filesListing(struct, field)])] : naming;
    if (files.length > maxInstallers) return [];
    const all = files.flatMap((file) => installers(file, field, struct).map((value) => ({ value, file })));
    const found = meant(all);
    const isKnown = all.every(({ value, file }) => resolve(value, file).length > 0) && !found.some((r) => r.macro);
    return isKnown && found.length <= most ? found : [];
  }

  /** The files whose lists for a struct set a member by its position: they need not name it. */
  function filesListing(struct: string, field: string): string[] {
    const isListed = (file: string): boolean => tables(file).some((t) => t.field === field && isStruct(t.tag, struct, file));
    return tree.list().filter((file) => tree.mentions(file, struct) && isListed(file));
  }

  /** Names that a file's initialisers and assignments put into a field, without those that only initialisers of other structs have. */
  function installers(file: string, field: string, struct: string | null): string[] {
    const pattern = new RegExp(`${memberText(field)}\\s*=\\s*&?(\\w+)`);
    const values = matches(file, pattern).map((m) => m[1] as string);
    const foreign = values.length === 0 || struct === null ? [] : foreignTables(file, field, struct);
    const isOnlyThere = (value: string): boolean => foreign.filter((v) => v === value).length === values.filter((v) => v === value).length;
    const kept = foreign.length === 0 ? values : values.filter((value) => !isOnlyThere(value));
    const listed = values.length > 0 || !isDriver ? [] : tables(file);
    const placed = listed.flatMap((t) => (t.field === field && (struct === null || isStruct(t.tag, struct, file)) ? [t.value] : []));
    return [...new Set([...kept, ...placed])].filter((value) => value !== 'NULL');
  }

  /** What initialisers of other structs in a file give a member of that name. */
  function foreignTables(file: string, field: string, struct: string): string[] {
    const declared = '(?:struct\\s+(\\w+)[\\w\\s]*|(\\w+)\\s+)\\b\\w+(?:\\[\\w*\\])?';
    const initialiser = new RegExp(`\\b${declared}\\s*=\\s*\\{[^{}]*\\.${field}\\s*=\\s*&?(\\w+)`);
    return matches(file, initialiser).flatMap(([, tag, typedef = '', value = '']) =>
      isStruct(tag ?? typedef, struct, file) || (tag === undefined && structure(typedef, file) === null) ? [] : [value],
    );
  }

  /** True for a struct's tag, and for a typedef of it. */
  function isStruct(word: string, struct: string, file: string): boolean {
    return word === struct || structure(word, file)?.tag === struct;
  }

  /** Members given by initialisers without designators: `static const struct ops ops = { buf_open, buf_free };`. */
  function tables(file: string): { tag: string; field: string; value: string }[] {
    return matches(file, table).flatMap(([, tag = '', values = '']) => {
      const fields = structure(tag, file)?.fields ?? [];
      return values.split(',').flatMap((written, i) => {
        const value = /^\s*&?(\w+)\s*$/.exec(written)?.[1];
        const field = fields[i]?.name;
        return value === undefined || !field ? [] : [{ tag, field, value }];
      });
    });
  }

  function installedFor(file: string, value: string): string[] {
    if (!says(file, installing(value))) return [];
    const named = matches(file, new RegExp(`(?:\\.|->)(\\w+)\\s*=\\s*&?${value}\\b`)).map((match) => match[1] as string);
    return [...new Set([...named, ...tables(file).flatMap(({ field, value: other }) => (other === value ? [field] : []))])];
  }

  return { installed, installedAnywhere, installedFor };
}
