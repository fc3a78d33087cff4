/** File-scope variables, as one file sees them: its own, and those of other files that it or its headers declare `extern`. */
import { type CType, type Item, parseVariable } from '../syntax/index.js';
import type { Shell } from './file.js';
import type { Ledger } from './ledger.js';

export interface Globals {
  /** The variable of a name that a function of a file means, if that is none of its own; `null` if it means none. */
  global(name: string, file: string): Global | null;
  /** Its type. */
  globalType(name: string, file: string): CType | null;
}

export interface Global {
  /** No other file knows it. */
  static: boolean;
  /** Where it is declared: the text's file, and the declaration in it. */
  file: string;
  declaration: Pick<Item, 'pos' | 'end' | 'conditions'>;
  /** What a struct that is defined with it is known by. */
  tag: string | null;
}

/** What variables are looked up in. */
interface Sources {
  ledger: Ledger;
  shell(name: string): Shell | null;
  /** A file's text, empty if it cannot be read. */
  outside(file: string): string;
  /** A driver's own headers that a file includes. */
  quotedHeaders(file: string): readonly string[];
}

type Named = ReadonlyMap<string, Global>;

export function openGlobals({ ledger, shell, outside, quotedHeaders }: Sources): Globals {
  const externs = ledger.memo<Named>();
  const seen = ledger.memo<Named>();
  const types = ledger.memo<CType | null>();

  function externsIn(name: string): Named {
    return externs.get(name) ?? externs.work(name, () => new Map(declaredIn(name, outside(name))));
  }

  /** All that a file declares `extern`, itself and by its headers. */
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
      // A struct without a tag goes by the name of what is declared with it.
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
