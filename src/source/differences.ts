/** How the answers of one index may differ from those of another index of the same tree. */
import { ANYTHING, CALL, DEFINITION, FIELD, hashName, STRUCT } from './hash.js';

/**
 * Says whether the answer to a question about a name may have changed. It may say so for an answer that is the same, but never misses one
 * that is not.
 */
export interface Differences {
  /** True if the files that call this name may have changed. */
  calling(name: string): boolean;
  /** True if the files that define this name may have changed. */
  defining(name: string): boolean;
  /** True if the files that access this field may have changed. */
  accessing(field: string): boolean;
  /** True if the files that define a struct with this tag may have changed. */
  definingStruct(tag: string): boolean;
  /** Hashes that some file lists in only one of the two indexes. */
  readonly hashes: ReadonlySet<number>;
  /** True if the list of files has changed. */
  readonly files: boolean;
}

/** Returns how answers may differ after both of two changes. */
export function eitherOf(one: Differences, other: Differences): Differences {
  return differencesOf(new Set([...one.hashes, ...other.hashes]), one.files || other.files);
}

/** Adds to `found` the hashes that only one of two lists has. */
export function differing(one: Iterable<number>, other: Iterable<number>, found: Set<number>): void {
  const left = new Set(one);
  const right = new Set(other);
  for (const hash of left) if (!right.has(hash)) found.add(hash);
  for (const hash of right) if (!left.has(hash)) found.add(hash);
}

/**
 * Returns how answers may differ.
 * @param hashes those that some file lists in only one of the indexes
 * @param files true if the list of files has changed
 */
export function differencesOf(hashes: ReadonlySet<number>, files: boolean): Differences {
  const any = hashes.has(ANYTHING);
  const isNone = hashes.size === 0 && !files;
  const question = (role: number) => (name: string) => {
    if (isNone) return false;
    const hash = hashName(name, role);
    // For such a name every file is reported: the answer is the list of files.
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
