/** Facts in words: paths as C spells them, and the names of containers. */
import { membersOf, rootOf } from '../program/path.js';
import { spelled } from '../program/written.js';
import { isHeap, type Scope } from './facts.js';

/** What is put before a path, by the container step in it. */
const holders: Readonly<Record<string, string>> = {
  '@sgl': 'the scatterlist ',
  '@bvec': 'the bvec ',
  '@skb': 'the skb ',
  '@pipe': 'the pipe ',
  '@slot': 'a slot of ',
  '@key': 'the keys of ',
};

/** Where a fact says that the pages are, for people; `''` if that has no name. */
export function placeText(fact: string, scope: Scope): string {
  const text = isHeap(fact) ? fieldText(fact) : spelled(fact, scope.graph.types, scope.lookup);
  return text === null ? '' : holderText(fact) + text;
}

/** A field that holds pages, and its struct: `sg_head of struct ib_umem` for `#ib_umem.sg_head[]`. */
export function heldText(heap: string): string {
  return holderText(heap) + fieldText(heap);
}

function holderText(fact: string): string {
  return holders[/@\w+/.exec(fact)?.[0] ?? ''] ?? '';
}

/** `, of struct NAME`, to put behind a field that is told by its path; `''` for a global. */
export function ownerText(heap: string): string {
  return heap.startsWith('#::') ? '' : `, of struct ${rootOf(heap).slice(1)}`;
}

/** A field and its struct, or the name of a global. */
function fieldText(heap: string): string {
  const bare = membersOf(heap);
  if (bare.startsWith('#::')) return bare.slice(3);
  const tag = rootOf(bare);
  return `${bare.slice(tag.length + 1)} of struct ${tag.slice(1)}`;
}
