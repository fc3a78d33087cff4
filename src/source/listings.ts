/** Directory listings of an earlier run: a directory that has not changed since need not be read again. */
import { lstatSync } from 'node:fs';
import { inOrder } from './order.js';
import { isSameStamp, note, STAMP } from './stamp.js';

/** Directories, with a `/` behind each name, the root being `''`; and `STAMP` numbers each, all zero if it must be read again. */
export interface Directories {
  names: readonly string[];
  stamps: Float64Array;
}

/** Knows what directories contain. */
export interface Listings {
  /**
   * Returns the C files and subdirectories of a directory in the order of the tree, if it has not changed; `undefined` if it must be read.
   */
  known(dir: string): string[] | undefined;
  /**
   * True if every directory contains what it contained.
   * @param list reads a directory
   */
  unchanged(list: (dir: string) => readonly string[]): boolean;
  /**
   * Notes that the contents of a directory depend on more than the directory itself: on links, or on something that a warning was given
   * for.
   */
  unsettled(dir: string): void;
  /** Returns all directories that were asked for. */
  made(): Directories;
}

/** The listings of a run that keeps nothing. */
export const noListings: Listings = {
  known: () => undefined,
  unchanged: () => false,
  unsettled: () => {},
  made: () => ({ names: [], stamps: new Float64Array(0) }),
};

/**
 * Opens the listings of a tree.
 * @param earlier the directories of the run that found `files`
 */
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

  /**
   * True for a directory that has the same stamp as in the earlier run.
   * @param place its index in that run's list
   */
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
    // Mostly a path is in the same directory as the one before it.
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
