/** Walks of functions, remembered: what each does with the reference. */
import type { FunctionReference } from '../../../program/file.js';
import { callsAt } from '../../../program/graph.js';
import { openRecursion } from '../../../program/recursion.js';
import { remembered } from '../../../program/remembered.js';
import { excludes } from '../../../syntax/assumptions.js';
import { type Analysis, isSeeding } from '../../flow.js';
import { keyOf, type Start } from '../../visit.js';
import type { Context } from '../context.js';
import type { Entry, Known } from '../entry.js';
import { nodesOf } from '../function/callee.js';
import { droppers } from '../function/droppers.js';
import { keepers } from '../function/keepers.js';
import { modes } from '../function/modes.js';
import { shapeOf } from '../function/shape.js';
import type { Exit } from '../memory/state.js';
import { unknownExit, type Walked, walk } from './walk.js';
import { wayOf } from './ways.js';

/** How many calls deep to look into functions that are given the pages. */
const maxDepth = 24;

/** The walks of a program's functions. */
export interface Functions {
  /** What each walk asks of the program. */
  context: Context;
  /** Walks the site's function from the acquiring call on. */
  first(start: Start): Walked;
  /** Walks a function from an entry on; not its variants that exclude the `#if` conditions `assumed`. */
  walked(reference: FunctionReference, entry: Entry, assumed?: readonly string[]): Walked;
  /** Walks a caller from its calls of `callee` on, which hands it the pages by some exits. */
  handing(start: Start, caller: FunctionReference, callee: FunctionReference, exits: readonly Exit[]): Walked;
  /** True if a function has a call other than of `callee` that may drop pages. */
  dropsBeside(reference: FunctionReference, callee: FunctionReference): boolean;
}

/** The walks for an analysis. */
export const functionsOf = remembered(openFunctions);

function openFunctions(analysis: Analysis): Functions {
  const { program } = analysis;
  const firsts = new Map<string, Walked>();
  const summary = openRecursion<readonly Exit[]>(program.ledger, maxDepth);
  const handedTo = program.ledger.memo<Walked>();
  const drops = droppers(program);
  const context: Context = {
    program,
    mayDrop: (name, file) => drops(name, file),
    mayGiveBack: (name, file) => drops(name, file, true),
    shapeOf: program.ledger.remembered((graph, { file }) => shapeOf(graph, (name) => drops(name, file))),
    nodesOf: program.ledger.remembered((graph, reference) => nodesOf(context, graph, reference)),
    matters: (callee, suffix, from) => analysis.matters(callee, suffix, from),
    mayKeep: keepers(program),
    modesOf: modes(program),
    effects,
  };
  function dropsBeside(reference: FunctionReference, { name: callee }: FunctionReference): boolean {
    return program
      .graphs(reference)
      .some(({ nodes }) =>
        nodes.some(({ operation: o }) => o?.kind === 'call' && o.name !== null && o.name !== callee && drops(o.name, reference.file, true)),
      );
  }

  function effects(callee: FunctionReference, facts: readonly string[], known: readonly Known[] = []): readonly Exit[] {
    const key = [callee.key, facts.join(), ...known.map(({ path, value }) => `${path}${value}`)].join('|');
    return summary(
      key,
      () => program.graphs(callee).flatMap((graph) => walk(context, callee, graph, { kind: 'given', facts, known }).exits),
      () => [unknownExit()],
    );
  }

  function walked(reference: FunctionReference, entry: Entry, assumed: readonly string[] = []): Walked {
    const all: Walked = { exits: [], lost: [], failing: [], emptied: [], undone: [], late: [], cut: false, astray: false };
    for (const graph of program.graphs(reference)) {
      // Arms of an `#if` in which the called function is another one are left out.
      if (excludes([...graph.assumptions, ...reference.item.conditions], assumed)) continue;
      if (entry.kind === 'site' && !callsAt(graph, entry.pos).some((call) => isSeeding(entry, call))) continue;
      const { exits, lost, failing, emptied, undone, late, cut, astray } = walk(context, reference, graph, entry);
      all.exits.push(...exits);
      all.lost.push(...lost);
      all.failing.push(...failing);
      all.emptied.push(...emptied);
      all.undone.push(...undone);
      all.late.push(...late);
      all.cut ||= cut;
      all.astray ||= astray;
    }
    return all;
  }

  /** Sites of a file with the same exits have the same walk. */
  function handing(
    { reference: { file }, acquired }: Start,
    caller: FunctionReference,
    callee: FunctionReference,
    exits: readonly Exit[],
  ): Walked {
    const key = [file, acquired.result === 'bytes', caller.key, callee.key, ...exits.map(wayOf)].join('|');
    const work = (): Walked => walked(caller, { kind: 'returned', callee: callee.name, exits }, callee.item.conditions);
    return handedTo.get(key) ?? handedTo.work(key, work);
  }

  function first(start: Start): Walked {
    const key = keyOf(start);
    let found = firsts.get(key);
    if (!found) {
      found = walked(start.reference, { ...start, kind: 'site' });
      firsts.set(key, found);
    }
    return found;
  }

  return { context, first, walked, handing, dropsBeside };
}
