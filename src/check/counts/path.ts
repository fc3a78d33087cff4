/** A path from a call that takes pages on: what is known at one point of it, and what of the function is the same on all of them. */
import { otherNames } from '../../flow/facts.js';
import { type Graph, isStore, type Node } from '../../program/graph.js';
import { suffixAfter } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import { tellingName } from '../../protocol/index.js';
import { dropsIn, testedIn } from './drops.js';
import { holdsEarlier } from './earlier.js';
import type { CountFault } from './fault.js';
import { type Wanted, wantedIn } from './rounds.js';
import { ERROR, isLocalName, type Names, type Words, ZERO } from './symbols.js';
import type { Taking } from './taking.js';

/** What is known at one point of one path. */
export interface State {
  node: number;
  outcomes: number;
  names: Names;
  conditions: ReadonlyMap<string, boolean>;
  /** The result was taken for the number of pages somewhere on the way. */
  counted: boolean;
  /** The rounds around the call have taken as many as are wanted. */
  complete: boolean;
  /** After a failure something was tested, or done with the result, that may have told it. */
  told: boolean;
  parent: State | null;
  step: { pos: number; text: string } | null;
}

/** What all paths of a function from the call on share. */
export interface Walking {
  taking: Taking;
  program: Program;
  graph: Graph;
  start: Node;
  words: Words;
  /** One page is asked for. */
  one: boolean;
  /** Names of the array, or of the one page, variables that are set to it among them. */
  arrays: readonly string[];
  /** Where the call takes nothing, pages of an earlier one are in the array. */
  earlier: boolean;
  /** Drops by the place in the function from which they are made. */
  drops: ReturnType<typeof dropsIn>;
  /** What the rounds around the call are to take. */
  wanted: Wanted;
  /** Places of calls that are given the array, and test what is in it. */
  tested: ReadonlySet<number>;
}

export function walkingOf(taking: Taking): Walking {
  const { subject, reference, graph, start, array, asked } = taking;
  const { program } = subject;
  const path = array.path ?? '';
  const one = asked.text === '1' && taking.indexes !== 'bytes';
  const arrays = array.address ? [path] : [path, ...otherNames(`${path}[]`, graph).map((n) => n.replace(/\[\]$/, ''))];
  return {
    taking,
    program,
    graph,
    start,
    words: { asked: asked.text, constant: (name) => program.constant(name, reference.file) },
    one,
    arrays: one ? [...arrays, ...variablesFor(graph, arrays)] : arrays,
    earlier: holdsEarlier(taking),
    drops: dropsIn(subject, reference),
    wanted: wantedIn(taking),
    tested: testedIn(subject, reference),
  };
}

/** Variables that are never set to anything but the one page. */
function variablesFor(graph: Graph, arrays: readonly string[]): string[] {
  const isPage = ({ operation: o }: Node): boolean => o?.kind === 'copy' && o.replaces && isArray({ arrays }, o.source.path);
  const set = graph.nodes.flatMap((n) => (isStore(n.operation) && isPage(n) ? [n.operation.target] : []));
  const isOther = (n: Node, name: string): boolean => {
    const o = n.operation;
    if (o?.kind === 'call') return o.args.some((a) => a.address && a.path === name);
    return isStore(o) && o.target === name && o.kind !== 'clear' && !isPage(n);
  };
  const isOnly = (name: string): boolean => !graph.params.some((p) => p.name === name) && !graph.nodes.some((n) => isOther(n, name));
  return [...new Set(set)].filter((name) => isLocalName(name) && !arrays.includes(name) && isOnly(name));
}

/** True for a path of the array, or of the one page, or below it. */
export function isArray({ arrays }: Pick<Walking, 'arrays'>, path: string | null): boolean {
  return path !== null && arrays.some((a) => suffixAfter(path, a) !== null);
}

/** True for a path of the one page, or below it: where it stands in an array is no page. */
export function isPage(w: Walking, path: string | null): boolean {
  return isArray(w, path) && (w.taking.array.address || !w.arrays.includes(path ?? ''));
}

/** True for a call that asks whether there is an error, or tells of one: it takes up no pages. */
export function isTest(name: string | null): boolean {
  return name === null || tellingName.test(name);
}

/**
 * A fault at a place of a path, where an outcome that is wrong there reaches it; none otherwise.
 *
 * @param wrong the outcomes with which it is one
 */
export function faultAt(
  { taking: { reference, way }, earlier }: Walking,
  state: State,
  pos: number,
  kind: CountFault['kind'],
  how: CountFault['how'],
  wrong: number,
): CountFault[] {
  const isThere = earlier && (kind === 'use' || kind === 'drop');
  const outcomes = state.outcomes & wrong & ~(isThere ? ERROR | ZERO : 0);
  if (outcomes === 0) return [];
  const steps: CountFault['steps'] = [];
  for (let s: State | null = state; s; s = s.parent) if (s.step) steps.push(s.step);
  return [{ kind, how, reference, pos, outcomes, way, steps: steps.reverse() }];
}
