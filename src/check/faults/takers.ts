/** The functions that ask for a site's pages: those that call its function, some levels up. */
import type { FunctionReference } from '../../program/file.js';
import { type CallOperation, type Graph, type Guard, isStore, says } from '../../program/graph.js';
import { remembered } from '../../program/remembered.js';
import type { Subject } from '../../survey/unit.js';
import { noPointer } from '../../syntax/truth.js';

/** The most calls between the function that wants pages and the one that takes them. */
const maxLevels = 6;

/** What a pointer has to be for the pages to be taken. */
type Asked = 'NULL' | 'not NULL';

/** A function, and the parameters (by index) that have to be NULL, or not NULL, for it to reach the pages. */
interface Taker {
  reference: FunctionReference;
  asked: ReadonlyMap<number, Asked>;
}

/**
 * Those functions, the site's own first. A caller that passes NULL where a pointer is wanted on the way is none of them: drivers do that
 * for a queue of the kernel's own.
 */
export const takersOf = remembered((subject: Subject): readonly FunctionReference[] => {
  const { program, site } = subject;
  const takers = new Map<string, Taker>();
  let above: Taker[] = [{ reference: site.reference, asked: askedAt(site.graph, site.node.guards) }];
  for (let level = 0; level <= maxLevels && above.length > 0; level++) {
    const found = above.filter(({ reference, asked }) => {
      const key = [reference.key, ...asked].join();
      return !takers.has(key) && takers.set(key, { reference, asked });
    });
    above = found.flatMap(({ reference, asked }) =>
      program.callSites(reference).flatMap(({ caller, graph, node, call }) => {
        const handed = handedOn(graph, call, asked);
        return handed ? [{ reference: caller, asked: new Map([...askedAt(graph, node.guards), ...handed]) }] : [];
      }),
    );
  }
  return [...new Map([...takers.values()].map(({ reference }) => [reference.key, reference])).values()];
});

/** What the guards around a node want pointers to be that the function is given and never changes. */
function askedAt({ params, nodes }: Graph, guards: readonly Guard[]): Taker['asked'] {
  return new Map(
    guards.flatMap((guard): [number, Asked][] => {
      const at = guard.call === '' ? params.findIndex((p) => p.name === guard.path && p.type.pointers > 0) : -1;
      if (at < 0 || nodes.some(({ operation: o }) => isStore(o) && o.target === guard.path)) return [];
      if (says(guard, true)) return [[at, 'NULL']];
      return says(guard, false) ? [[at, 'not NULL']] : [];
    }),
  );
}

/** What a caller's own parameters have to be for its callee's to be as wanted; `null` if what it passes is known to be otherwise. */
function handedOn({ params }: Graph, { args }: CallOperation, asked: Taker['asked']): Taker['asked'] | null {
  const handed = new Map<number, Asked>();
  for (const [at, how] of asked) {
    const given = args[at];
    if (given?.path === null && how === 'not NULL' && noPointer.test(given.text)) return null;
    const index = given === undefined || given.address ? -1 : params.findIndex((p) => p.name === given.path);
    if (index >= 0) handed.set(index, how);
  }
  return handed;
}
