/** The functions from which a site's pages are asked for: those that call its function, some levels up. */
import type { FunctionReference } from '../../program/file.js';
import { type CallOperation, type Graph, type Guard, isStore, says } from '../../program/graph.js';
import { remembered } from '../../program/remembered.js';
import type { Subject } from '../../survey/unit.js';
import { noPointer } from '../../syntax/truth.js';

/** How many calls may stand between who wants pages and who takes them. */
const maxLevels = 6;

/** What a pointer has to be. */
type Asked = 'NULL' | 'not NULL';

/** A function, and by position the parameters that must be NULL, or must not, where it comes to the pages. */
interface Taker {
  reference: FunctionReference;
  asked: ReadonlyMap<number, Asked>;
}

/**
 * Those functions, the site's own first. Who gives NULL for what is asked for on the way, as drivers do for a queue of the kernel's own, is
 * none of them.
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

/** What conditions around a place ask of pointers that the function is given, and leaves as they are. */
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

/** What a caller has to be given for it that its callee is asked for; `null` where what it gives is known to be otherwise. */
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
