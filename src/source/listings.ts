/** Directories as an earlier run listed them: one that has not changed since need not be read again. */
import { lstatSync } from 'node:fs';
import { inOrder } from './order.js';
import { isSameStamp, note, STAMP } from './stamp.js';

/** Directories with a `/` behind their names, the root being `''`, and `STAMP` numbers each: all zero if it has to be read anew. */
export interface Directories {
  names: readonly string[];
  stamps: Float64Array;
}

export interface Listings {
  /** The C files and the directories of a directory, in the order of the tree, if it has not changed; otherwise it has to be read. */
  known(dir: string): string[] | undefined;
  /** True if every directory holds what it held; `list` reads one. */
  unchanged(list: (dir: string) => readonly string[]): boolean;
  /** Notes that what a directory holds depends on more than the directory: links, and what was warned of. */
  unsettled(dir: string): void;
  /** All directories that were asked for. */
  made(): Directories;
}

/** Of a run that leaves nothing behind. */
export const noListings: Listings = {
  known: () => undefined,
  unchanged: () => false,
  unsettled: () => {},
  made: () => ({ names: [], stamps: new Float64Array(0) }),
};

/** @param earlier directories of the run that found `files` */
export function openListings(root: string, earlier: { directories: Directories; files: readonly string[] } | undefined): Listings {
  const stamps = new Map<string, Float64Array>();
  let children: ReadonlyMap<string, string[]> | undefined;
  let places: ReadonlyMap<string, number> | undefined;

  function childrenIn(dir: string): string[] {
    children ??= earlier ? childrenOf(earlier.directories.names, earlier.files) : new Map<string, string[]>();
    return inOrder(children.get(dir) ?? []);
  }

  function placeOf(dir: string): number | undefined {
    places ??= new Map(earlier?.directories.names.map((name, place) => [name, place]));
    return places.get(dir);
  }

  /** True for a directory that has the stamp which it had, at its place in the earlier run's list. */
  function isSettled(dir: string, place: number | undefined): boolean {
    const stamp = new Float64Array(STAMP);
    stamps.set(dir, stamp);
    try {
      note(lstatSync(`${root}/${dir}`), stamp, 0);
    } catch {
      return false;
    }
    if (earlier === undefined || place === undefined || stamp[1] === 0) return false;
    return isSameStamp(stamp, 0, earlier.directories.stamps, place);
  }

  return {
    known: (dir) => (isSettled(dir, placeOf(dir)) ? childrenIn(dir) : undefined),
    unchanged(list) {
      if (earlier === undefined) return false;
      return earlier.directories.names.every((dir, place) => {
        if (isSettled(dir, place)) return true;
        const now = list(dir);
        const then = childrenIn(dir);
        return now.length === then.length && now.every((name, k) => name === then[k]);
      });
    },
    unsettled(dir) {
      stamps.get(dir)?.fill(0);
    },
    made() {
      const all = new Float64Array(stamps.size * STAMP);
      let at = 0;
      for (const stamp of stamps.values()) {
        all.set(stamp, at);
        at += STAMP;
      }
      return { names: [...stamps.keys()], stamps: all };
    },
  };
}

function childrenOf(directories: readonly string[], files: readonly string[]): Map<string, string[]> {
  const children = new Map<string, string[]>();
  let parent = '';
  let siblings: string[] = [];
  children.set(parent, siblings);
  const add = (path: string, end: number): void => {
    // Mostly a path is of the same directory as the one before it.
    if (!path.startsWith(parent) || path.lastIndexOf('/', end) >= parent.length) {
      parent = path.slice(0, path.lastIndexOf('/', end) + 1);
      siblings = children.get(parent) ?? [];
      children.set(parent, siblings);
    }
    siblings.push(path);
  };
  for (const file of files) add(file, file.length);
  for (const dir of directories) if (dir !== '') add(dir, dir.length - 2);
  return children;
}
