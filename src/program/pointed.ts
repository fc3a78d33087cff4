/** Finds the functions that a call through a pointer may be of. */

import { noPointer } from '../syntax/truth.js';
import type { FunctionReference } from './file.js';
import type { CallOperation, Graph } from './graph.js';
import type { Ledger } from './ledger.js';
import { sourceName } from './text.js';

/** With more functions than this, the call is treated as unknown. */
const most = 4;
/** Through how many parameters and variables a function pointer is traced. */
const maxDepth = 3;

/** What the lookup needs. */
interface World {
  ledger: Ledger;
  graphs(reference: FunctionReference): readonly Graph[];
  resolve(name: string, file: string): readonly FunctionReference[];
  /** Returns the functions that a file installs in a field of this name. */
  installed(file: string, field: string): readonly FunctionReference[];
  isGeneral(name: string): boolean;
  callSites(reference: FunctionReference): readonly { caller: FunctionReference; graph: Graph; call: CallOperation }[];
}

/**
 * Makes the lookup of the functions that a call through a field, variable or parameter may be of: the single one that is installed in the
 * field; those that callers pass for the parameter, or that are assigned to the variable. None if one of them is not known.
 */
export function openPointed(world: World): (reference: FunctionReference, through: string) => readonly FunctionReference[] {
  const known = world.ledger.memo<readonly FunctionReference[]>();
  return (reference, through) => {
    const key = `${reference.key}\0${through}`;
    return known.get(key) ?? known.work(key, () => find(world, reference, through));
  };
}

function find(world: World, reference: FunctionReference, through: string): readonly FunctionReference[] {
  const [graph] = world.graphs(reference);
  if (!graph?.types.has(through)) {
    const installed = world.installed(reference.file, through);
    return installed.length === 1 ? installed : [];
  }
  const found = new Map((namedIn(world, reference, graph, through, 0) ?? []).map((f) => [f.key, f]));
  return found.size <= most ? [...found.values()] : [];
}

/** The functions that a variable of a function may point at; `null` if that is not plain. */
function namedIn(world: World, reference: FunctionReference, graph: Graph, variable: string, depth: number): FunctionReference[] | null {
  const index = graph.params.findIndex((p) => p.name === variable);
  const assigned = graph.assigned.filter((a) => a.target === variable);
  const set = assigned.map((a) => choices(a.text).map((name): Named => ({ name, reference, graph })));
  if (depth > maxDepth || (index >= 0 && (set.length > 0 || world.isGeneral(reference.name)))) return null;
  const given = index < 0 ? set : passedFor(world, reference, index);
  const all: FunctionReference[] = [];
  for (const { name, reference: from, graph: there } of given.flat()) {
    if (noPointer.test(name)) continue;
    const meant = there.types.has(name) ? namedIn(world, from, there, name, depth + 1) : world.resolve(name, from.file);
    if (meant === null || meant.length === 0 || meant.some((f) => f.macro)) return null;
    all.push(...meant);
  }
  return all;
}

/** A name, and where it is written. */
interface Named {
  name: string;
  reference: FunctionReference;
  graph: Graph;
}

/** The names that callers pass for a parameter. */
function passedFor({ callSites }: World, reference: FunctionReference, index: number): Named[][] {
  return callSites(reference).map(({ caller, graph, call }) => {
    const argument = call.expressions[index];
    return choices(argument ? sourceName(argument) : '').map((name) => ({ name, reference: caller, graph }));
  });
}

/** The names in `a`, or in `test ? a : b`; a conditional that was lowered has the text `a | b`. */
function choices(text: string): string[] {
  return text
    .slice(text.indexOf('?') + 1)
    .split(/[:|]/)
    .map((name) => name.trim());
}
