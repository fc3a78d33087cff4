/** How the answers of one index may differ from those of another of the same tree. */
import { ANYTHING, CALL, DEFINITION, FIELD, hashName, STRUCT } from './hash.js';

/** True of a name whose question may have another answer than before; never false of one that has. */
export interface Differences {
  calling(name: string): boolean;
  defining(name: string): boolean;
  accessing(field: string): boolean;
  definingStruct(tag: string): boolean;
  /** Those that some file lists in one index alone. */
  readonly hashes: ReadonlySet<number>;
  /** The list of files is another one. */
  readonly files: boolean;
}

/** How answers may differ after both of two changes. */
export function eitherOf(one: Differences, other: Differences): Differences {
  return differencesOf(new Set([...one.hashes, ...other.hashes]), one.files || other.files);
}

/** The hashes that one of two files lists and the other does not, into `found`. */
export function differing(one: Iterable<number>, other: Iterable<number>, found: Set<number>): void {
  const left = new Set(one);
  const right = new Set(other);
  for (const hash of left) if (!right.has(hash)) found.add(hash);
  for (const hash of right) if (!left.has(hash)) found.add(hash);
}

/** @param hashes those that some file lists in one index alone */
export function differencesOf(hashes: ReadonlySet<number>, files: boolean): Differences {
  const any = hashes.has(ANYTHING);
  const isNone = hashes.size === 0 && !files;
  const question = (role: number) => (name: string) => {
    if (isNone) return false;
    const hash = hashName(name, role);
    // Of such a name every file is reported: the answer is the list of files.
    return hash === null ? files : any || hashes.has(hash);
  };
  return {
    calling: question(CALL),
    defining: question(DEFINITION),
    accessing: question(FIELD),
    definingStruct: question(STRUCT),
    hashes,
    files,
  };
}
