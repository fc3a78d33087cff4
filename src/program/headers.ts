/** Finds the headers that a file includes, from the tree alone: the include folders of the build are not known. */
import type { AskedTree } from './asked.js';
import { type IncludesAndDefines, includesAndDefinesOf } from './file.js';
import type { Ledger } from './ledger.js';
import { folderOf, nearestOf, nearness, normalise } from './place.js';

/** Looks up headers. */
export interface Headers {
  /** Returns what a file includes and defines. Most headers are asked for nothing else, and need no outline for it. */
  includesAndDefines(file: string): IncludesAndDefines;
  /** Returns the headers that a file includes, and those that its quoted headers include. */
  ownHeaders(file: string): readonly string[];
  /** Of these, returns the ones outside a kernel's `include/`: a driver's own. */
  quotedHeaders(file: string): readonly string[];
}

/** What the lookup of headers needs. */
export interface Texts {
  tree: AskedTree;
  ledger: Ledger;
  outside(file: string): string;
}

/** The most headers that are looked for from one file. */
const maxHeaders = 300;

/** Opens the lookup of headers. It remembers what it has found. */
export function openHeaders({ tree, ledger, outside }: Texts): Headers {
  const known = ledger.memo<IncludesAndDefines>();
  const own = ledger.memo<string[]>();
  const quoted = ledger.memo<string[]>();

  function includesAndDefines(file: string): IncludesAndDefines {
    return known.get(file) ?? known.work(file, () => includesAndDefinesOf(outside(file)));
  }

  function ownHeaders(from: string): string[] {
    return own.get(from) ?? own.work(from, () => search(from));
  }

  function quotedHeaders(from: string): string[] {
    return quoted.get(from) ?? quoted.work(from, () => ownHeaders(from).filter((h) => !h.startsWith('include/') || !isKernel()));
  }

  /** True for a kernel tree. (A driver may have a folder named `include/`, too.) */
  function isKernel(): boolean {
    return tree.exists('include/linux/mm.h');
  }

  function search(from: string): string[] {
    const seen = new Set<string>();
    const queue = [from];
    for (let file = queue.shift(); file !== undefined && seen.size < maxHeaders; file = queue.shift()) {
      for (const include of includesAndDefines(file).includes) {
        const path = include.quoted ? locate(include.path, file, from) : searched(include.path, from);
        if (path === null || seen.has(path)) continue;
        seen.add(path);
        if (include.quoted || !isKernel()) queue.push(path);
      }
    }
    return [...seen];
  }

  function existing(path: string): string | null {
    const place = normalise(path);
    return tree.exists(place) ? place : null;
  }

  /** Finds a quoted header beside the file that includes it, beside the compiled file, or where an `-I` of the build must lead. */
  function locate(path: string, file: string, from: string): string | null {
    return existing(`${folderOf(file)}/${path}`) ?? existing(`${folderOf(from)}/${path}`) ?? named(path, from);
  }

  /** Finds `<path>`: in a kernel in its own `include/`, in a driver's tree also where an `-I` of its build must lead. */
  function searched(path: string, from: string): string | null {
    return existing(`include/${path}`) ?? (isKernel() ? null : named(path, from));
  }

  /** The one file with this path that is nearer to `from` than all others; `null` if there is none. */
  function named(path: string, from: string): string | null {
    const wanted = normalise(path);
    const found = tree.filesNamed(wanted.slice(wanted.lastIndexOf('/') + 1)).filter((f) => f === wanted || f.endsWith(`/${wanted}`));
    const [first, second] = nearestOf(found, from);
    const isPlain = first !== undefined && (second === undefined || nearness(first, from) > nearness(second, from));
    return isPlain ? first : null;
  }

  return { includesAndDefines, ownHeaders, quotedHeaders };
}
