/** What the tables say of a name, as one file uses it. */
import { isNeutral, isNeutralByName } from '../protocol/index.js';
import type { FunctionReference, Shell } from './file.js';
import type { Ledger } from './ledger.js';
import { familyFolders } from './place.js';
import { type Meaning, meaningOf } from './shims.js';

/** What names mean in files. */
export interface Meanings {
  /** What a name means in a file that may define calls of the tables itself, for some kernels. */
  meaning(name: string, file: string): Meaning;
  /** True for a call that does nothing to a reference by its name, which no driver around the file has given to a function of its own. */
  isNeutral(name: string, file: string): boolean;
}

/** What the names' definitions are looked up in. */
interface Sources {
  ledger: Ledger;
  /** The tree is that of a driver. */
  isDriver: boolean;
  shell(name: string): Shell | null;
  /** A driver's own headers that a file includes. */
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
    // The tables know the kernel's own families by how their names begin, and drivers have functions named alike.
    isNeutral(name, from) {
      if (!isNeutral(name)) return false;
      if (isNeutralByName(name) || familyFolders.test(from)) return true;
      const defined = isDriver ? resolve(name, from) : resolveNear(name, from);
      return defined.every((r) => r.macro || familyFolders.test(r.file));
    },
  };
}
