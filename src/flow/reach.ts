/** Where to search for the users of a field, and which callers may be handed something. */
import type { FunctionReference } from '../program/file.js';
import { rootOf, splitSteps, suffixAfter } from '../program/path.js';
import { folderOf, isNear } from '../program/place.js';
import type { Program } from '../program/program.js';
import { accessorsOf } from '../protocol/index.js';
import { ownersIn, scopeOf } from './facts.js';

/**
 * True if a caller is near enough to receive what is handed up. Pages, arrays and scatterlists may go anywhere; an address, an skb
 * (which generic code tears down) and what was found by a field stay in the folders of those who know them.
 */
export function mayReceive(heap: string | null, handed: readonly string[], caller: string, near: readonly string[]): boolean {
  if (heap === null && !handed.every((h) => h.endsWith('@address') || h.endsWith('@skb'))) return true;
  return near.some((file) => isNear(caller, folderOf(file)));
}

/** The files in which to search for functions that touch a field or global. */
export function filesFor(program: Program, heap: string, near: readonly string[], everywhere: boolean): readonly string[] {
  const folders = new Set(near.map(folderOf));
  if (heap.startsWith('#::')) {
    const name = rootOf(heap.slice(1)).replace('::', '');
    const owners = near.filter((f) => program.shell(f)?.globals.has(name));
    if (owners.length > 0 && owners.every((f) => program.shell(f)?.globals.get(name)?.static)) return owners;
    return program.tree.list().filter((f) => folders.has(folderOf(f)));
  }
  const field = /\.([^.@[\]]+)/.exec(heap)?.[1];
  if (field === undefined) return [];
  const last =
    splitSteps(heap.slice(rootOf(heap).length))
      .findLast((s) => s.startsWith('.'))
      ?.slice(1) ?? '';
  const inReach = (f: string): boolean => everywhere || [...folders].some((folder) => isNear(f, folder));
  const touching = new Set(program.tree.filesAccessing(field).filter(inReach));
  for (const name of accessorsOf(last)) for (const f of program.tree.filesCalling(name)) if (inReach(f)) touching.add(f);
  const files = [...touching].sort();
  if (!everywhere) return files;
  return files.filter((f) => program.tree.mentions(f, rootOf(heap).slice(1)));
}

/** True if some path of the function goes through the field, by declared types. */
export function leadsTo(program: Program, reference: FunctionReference, heap: string): boolean {
  if (heap.startsWith('#::')) return true;
  const tag = rootOf(heap).slice(1);
  const field = splitSteps(heap.slice(rootOf(heap).length))[0] ?? '';
  return program.graphs(reference).some((graph) => {
    const scope = scopeOf(program, graph, reference);
    return graph.paths.some(
      (path) =>
        path.includes(field) &&
        ownersIn(scope, path).some((o) => o.tag === tag && (o.rest === field || suffixAfter(o.rest, field) !== null)),
    );
  });
}
