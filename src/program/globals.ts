/** File-scope variables, as one file sees them: its own, and those of other files that it or its headers declare `extern`. */
import { type CType, type Item, parseVariable } from '../syntax/index.js';
import type { Shell } from './file.js';
import type { Ledger } from './ledger.js';

/** Looks up file-scope variables. */
export interface Globals {
  /** Returns the variable that a name means in a function of this file, if it is not a local one; `null` if it means none. */
  global(name: string, file: string): Global | null;
  /** Returns the variable's type; `null` if it is not known. */
  globalType(name: string, file: string): CType | null;
}

/** A file-scope variable. */
export interface Global {
  /** True if no other file can see it. */
  static: boolean;
  /** The file that declares it, and the declaration there. */
  file: string;
  declaration: Pick<Item, 'pos' | 'end' | 'conditions'>;
  /** The name of the struct that its declaration defines, `struct foo { … } it;`; `null` if it defines none. */
  tag: string | null;
}

/** What the lookup of variables needs. */
interface Sources {
  ledger: Ledger;
  shell(file: string): Shell | null;
  /** Returns a file's text, `''` if it cannot be read. */
  outside(file: string): string;
  /** Returns the driver's own headers that a file includes. */
  quotedHeaders(file: string): readonly string[];
}

type Named = ReadonlyMap<string, Global>;

/** Opens the lookup of file-scope variables. It remembers what it has found. */
export function openGlobals({ ledger, shell, outside, quotedHeaders }: Sources): Globals {
  const externs = ledger.memo<Named>();
  const seen = ledger.memo<Named>();
  const types = ledger.memo<CType | null>();

  function externsIn(name: string): Named {
    return externs.get(name) ?? externs.work(name, () => new Map(declaredIn(name, outside(name))));
  }

  /** All variables that a file or its headers declare `extern`. */
  function declared(from: string): Named {
    return seen.get(from) ?? seen.work(from, () => new Map([...quotedHeaders(from), from].flatMap((name) => [...externsIn(name)])));
  }

  function global(name: string, from: string): Global | null {
    const own = shell(from)?.globals.get(name);
    return own
      ? { static: own.static, file: from, declaration: own, tag: own.kind === 'struct' ? own.name : null }
      : (declared(from).get(name) ?? null);
  }

  function globalType(name: string, from: string): CType | null {
    const key = `${name}\0${from}`;
    const find = (): CType | null => {
      const found = global(name, from);
      const type = found && parseVariable(outside(found.file), found.declaration).find((d) => d.name === name)?.type;
      // A struct without a tag is known by the name of the variable that it is defined with.
      return type?.tag === '' ? { ...type, tag: found?.tag ?? null } : (type ?? null);
    };
    const known = types.get(key);
    return known !== undefined ? known : types.work(key, find);
  }

  return { global, globalType };
}

/** `extern struct dev *the_dev, others[4];`; not a function, which has a parameter list. */
const extern = /^extern\s+([^;(){}=#]+);/gm;

function declaredIn(file: string, text: string): [string, Global][] {
  if (!text.includes('extern')) return [];
  return [...text.matchAll(extern)].flatMap((match) => {
    const declaration = { pos: match.index, end: match.index + match[0].length, conditions: [] };
    const names = (match[1] as string).split(',').flatMap((part) => /(\w+)\s*(?:\[[^\]]*\]\s*)*$/.exec(part)?.[1] ?? []);
    return names.map((name): [string, Global] => [name, { static: false, file, declaration, tag: null }]);
  });
}
