/** What facts say, as people read it: C's own spelling, and in words what a container holds. */
import { rootOf } from '../program/path.js';
import { spelled } from '../program/written.js';
import { isHeap, type Scope } from './facts.js';

/** What stands before a path by what is told of it: the last step that the analysis writes. */
const holders: Readonly<Record<string, string>> = {
  '@sgl': 'the scatterlist ',
  '@bvec': 'the bvec ',
  '@skb': 'the skb ',
  '@pipe': 'the pipe ',
  '@slot': 'a slot of ',
};

/** Where a fact says that the pages are; `''` where that has no name. */
export function placeText(fact: string, scope: Scope): string {
  const text = isHeap(fact) ? fieldText(fact) : spelled(fact, scope.graph.types, scope.lookup);
  return text === null ? '' : holderText(fact) + text;
}

/** A field that holds pages, by its struct: `sg_head` of `#ib_umem.sg_head[]`. */
export function heldText(heap: string): string {
  return holderText(heap) + fieldText(heap);
}

function holderText(fact: string): string {
  return holders[/@\w+/.exec(fact)?.[0] ?? ''] ?? '';
}

/** `, of struct NAME` for a field, for who reads its name below a variable; `''` for a variable of the file. */
export function ownerText(heap: string): string {
  return heap.startsWith('#::') ? '' : `, of struct ${rootOf(heap).slice(1)}`;
}

/** A field and its struct, or the variable. */
function fieldText(heap: string): string {
  const bare = heap.replace(/\[\]|@\w+/g, '');
  if (bare.startsWith('#::')) return bare.slice(3);
  const tag = rootOf(bare);
  return `${bare.slice(tag.length + 1)} of struct ${tag.slice(1)}`;
}
