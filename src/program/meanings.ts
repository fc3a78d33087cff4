/** What the tables say about a name, as one file uses it. */
import { isNeutral, isNeutralByName } from '../protocol/index.js';
import type { FunctionReference, Shell } from './file.js';
import type { Ledger } from './ledger.js';
import { familyFolders } from './place.js';
import { type Meaning, meaningOf } from './shims.js';

/** Looks up what names mean in files. */
export interface Meanings {
  /** Returns what a name means in a file, which may itself define calls of the tables for some kernels. */
  meaning(name: string, file: string): Meaning;
  /**
   * True for a call that by its name does nothing to a reference, unless a driver around the file has given that name to a function of its
   * own.
   */
  isNeutral(name: string, file: string): boolean;
}

/** What the lookup needs. */
interface Sources {
  ledger: Ledger;
  /** True if the tree is a driver's. */
  isDriver: boolean;
  shell(file: string): Shell | null;
  /** Returns the driver's own headers that a file includes. */
  quotedHeaders(file: string): readonly string[];
  resolve(name: string, file: string): FunctionReference[];
  resolveNear(name: string, file: string): FunctionReference[];
}

/** Opens the lookup of what names mean. */
export function openMeanings({ ledger, isDriver, shell, quotedHeaders, resolve, resolveNear }: Sources): Meanings {
  const known = ledger.memo<Meaning>();
  const headersOf = (from: string): Shell[] => quotedHeaders(from).flatMap((h) => shell(h) ?? []);
  return {
    meaning(name, from) {
      const key = `${name}\0${from}`;
      return known.get(key) ?? known.work(key, () => meaningOf(name, shell(from), isDriver, () => headersOf(from)));
    },
    // The tables know the kernel's own families of calls by the beginning of their names; drivers have functions with names like these.
    isNeutral(name, from) {
      if (!isNeutral(name)) return false;
      if (isNeutralByName(name) || familyFolders.test(from)) return true;
      const defined = isDriver ? resolve(name, from) : resolveNear(name, from);
      return defined.every((r) => r.macro || familyFolders.test(r.file));
    },
  };
}
