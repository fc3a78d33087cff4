/** Which headers a file includes, as far as the tree alone says it: nobody configured the folders that a compiler would search. */
import type { AskedTree } from './asked.js';
import { type Directives, directivesOf } from './file.js';
import type { Ledger } from './ledger.js';
import { folderOf, nearestOf, nearness, normalise } from './place.js';

export interface Headers {
  /** What a file includes and defines: most headers are asked for nothing else, and need no outline for it. */
  directivesIn(file: string): Directives;
  /** Headers that a file includes, and those that its quoted ones include. */
  ownHeaders(file: string): readonly string[];
  /** Of these, the ones outside a kernel's `include/`: a driver's own. */
  quotedHeaders(file: string): readonly string[];
}

/** What headers are looked up in. */
export interface Texts {
  tree: AskedTree;
  ledger: Ledger;
  outside(file: string): string;
}

const maxHeaders = 300;

export function openHeaders({ tree, ledger, outside }: Texts): Headers {
  const directives = ledger.memo<Directives>();
  const own = ledger.memo<string[]>();
  const quoted = ledger.memo<string[]>();

  function directivesIn(file: string): Directives {
    return directives.get(file) ?? directives.work(file, () => directivesOf(outside(file)));
  }

  function ownHeaders(from: string): string[] {
    return own.get(from) ?? own.work(from, () => search(from));
  }

  function quotedHeaders(from: string): string[] {
    return quoted.get(from) ?? quoted.work(from, () => ownHeaders(from).filter((h) => !h.startsWith('include/') || !isKernel()));
  }

  /** A driver may have a folder of that name as well. */
  function isKernel(): boolean {
    return tree.exists('include/linux/mm.h');
  }

  function search(from: string): string[] {
    const seen = new Set<string>();
    const queue = [from];
    for (let file = queue.shift(); file !== undefined && seen.size < maxHeaders; file = queue.shift()) {
      for (const include of directivesIn(file).includes) {
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

  /** Beside the file that includes it, beside the one that all is compiled for, or where an `-I` of the build must lead. */
  function locate(path: string, file: string, from: string): string | null {
    return existing(`${folderOf(file)}/${path}`) ?? existing(`${folderOf(from)}/${path}`) ?? named(path, from);
  }

  /** `<path>`: in a kernel its own, in a driver's tree what its build adds to the folders that are searched. */
  function searched(path: string, from: string): string | null {
    return existing(`include/${path}`) ?? (isKernel() ? null : named(path, from));
  }

  /** The one file of such a path that is nearer than all others. */
  function named(path: string, from: string): string | null {
    const wanted = normalise(path);
    const found = tree.filesNamed(wanted.slice(wanted.lastIndexOf('/') + 1)).filter((f) => f === wanted || f.endsWith(`/${wanted}`));
    const [first, second] = nearestOf(found, from);
    const isPlain = first !== undefined && (second === undefined || nearness(first, from) > nearness(second, from));
    return isPlain ? first : null;
  }

  return { directivesIn, ownHeaders, quotedHeaders };
}
