/** Directories as an earlier run listed them: one that has not changed since need not be read again. */
import { lstatSync } from 'node:fs';
import { inOrder } from './order.js';
import { note, STAMP } from './stamp.js';

/** Directories with a `/` behind their names, the root being `''`, and `STAMP` numbers each: all zero if it has to be read anew. */
export interface Directories {
  names: readonly string[];
  stamps: Float64Array;
}

export interface Listings {
  /** The C files and the directories of a directory, in the order of the tree, if it has not changed; otherwise it has to be read. */
  known(dir: string): string[] | undefined;
  /** Notes that what a directory holds depends on more than the directory: links, and what was warned of. */
  unsettled(dir: string): void;
  /** All directories that were asked for. */
  made(): Directories;
}

/** Of a run that leaves nothing behind. */
export const noListings: Listings = {
  known: () => undefined,
  unsettled: () => {},
  made: () => ({ names: [], stamps: new Float64Array(0) }),
};

/** @param earlier directories of the run that found `files` */
export function openListings(root: string, earlier: { directories: Directories; files: readonly string[] } | undefined): Listings {
  const stamps = new Map<string, Float64Array>();
  const children = earlier ? childrenOf(earlier.directories.names, earlier.files) : new Map<string, string[]>();
  const places = new Map(earlier?.directories.names.map((name, place) => [name, place]));

  return {
    known(dir) {
      const stamp = new Float64Array(STAMP);
      stamps.set(dir, stamp);
      try {
        note(lstatSync(`${root}/${dir}`), stamp, 0);
      } catch {
        return undefined;
      }
      const place = places.get(dir);
      if (earlier === undefined || place === undefined || stamp[1] === 0) return undefined;
      for (let k = 0; k < STAMP; k++) if (stamp[k] !== earlier.directories.stamps[place * STAMP + k]) return undefined;
      return inOrder(children.get(dir) ?? []);
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
  const add = (path: string, end: number): void => {
    const parent = path.slice(0, path.lastIndexOf('/', end) + 1);
    const known = children.get(parent);
    if (known) known.push(path);
    else children.set(parent, [path]);
  };
  for (const file of files) add(file, file.length);
  for (const dir of directories) if (dir !== '') add(dir, dir.length - 2);
  return children;
}
