/** Finds functions that store through a pointer in an object that they are given: `*f->out = page`. */
import type { FunctionReference } from '../program/file.js';
import { type Graph, isStore, type Store } from '../program/graph.js';
import { join, pathBelow, suffixAfter } from '../program/path.js';
import type { Program } from '../program/program.js';
import { openRecursion } from '../program/recursion.js';
import { remembered } from '../program/remembered.js';
import { acquires } from '../protocol/index.js';
import { noPointer } from '../syntax/truth.js';
import { otherNames } from './facts.js';

/** How many calls deep to look for a store. */
const maxDepth = 24;

/** True if a function, or one that it hands the parameter on to, stores a value at `suffix` below that parameter. */
export type Stores = (callee: FunctionReference, parameter: number, suffix: string) => boolean;

/** Looks for stores of values only: `*f->out = page`. Remembered for each function. */
export const storesOf = remembered((program: Program) => openStores(program, ({ kind }) => kind === 'copy'));

/** As {@link storesOf}, and also for updates and stores of constants: `f->n++`, `f->n = 1`. */
export const changesOf = remembered((program: Program) => openStores(program, () => true));

/** As {@link changesOf}, but not for stores of zero or NULL. */
export const settersOf = remembered((program: Program) => openStores(program, (o) => o.kind !== 'clear' || !noPointer.test(o.text)));

/** True for a path that is the place or another name of it, such as `f->out + got`. */
function isCalled(path: string | null, place: string, graph: Graph): boolean {
  return path !== null && (path === place || otherNames(path, graph).includes(place));
}

function openStores(program: Program, isMeant: (o: Store) => boolean): Stores {
  const worked = openRecursion<boolean>(program.ledger, maxDepth);

  const stores: Stores = (callee, parameter, suffix) => {
    const find = (): boolean =>
      program.graphs(callee).some((graph) => {
        const { params, nodes } = graph;
        const name = params[parameter]?.name;
        const place = name ? join(name, suffix) : null;
        if (place === null) return false;
        return nodes.some(({ operation: o }) => {
          if (isStore(o)) return o.target === place && isMeant(o);
          if (o?.kind !== 'call' || o.name === null) return false;
          const { name: called, args } = o;
          const acquire = acquires.get(called);
          // An acquiring call stores pages where its page argument leads, and numbers where an argument is an address, `&got`.
          if (acquire) return args.some((a) => isCalled(pathBelow(a, acquire.behind), place, graph) || (a.address && a.path === place));
          return args.some((a, i) => {
            const below = a.path === null || a.address ? null : suffixAfter(place, a.path);
            if (below === null || below === '') return false;
            return program.resolve(called, callee.file).some((next) => next.key !== callee.key && stores(next, i, below));
          });
        });
      });
    return worked(`${callee.key}|${parameter}${suffix}`, find, () => false);
  };

  return stores;
}
