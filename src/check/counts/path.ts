/** A path behind a call that takes pages: what is known at one of its points, and what all paths of the function share. */
import { otherNames } from '../../flow/facts.js';
import { type Graph, isStore, type Node } from '../../program/graph.js';
import { suffixAfter } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import { reportingName } from '../../protocol/index.js';
import { dropsIn, testedIn } from './drops.js';
import { holdsEarlier } from './earlier.js';
import type { CountFault } from './fault.js';
import { type Wanted, wantedIn } from './rounds.js';
import { ERROR, isLocalName, type Names, type Words, ZERO } from './symbols.js';
import type { Taking } from './taking.js';

/** What is known at one point of one path. */
export interface State {
  node: number;
  /** Outcomes of the call that are still possible: bits of a set. */
  outcomes: number;
  /** What integers stand for. */
  names: Names;
  /** The conditions that the path has assumed, by their keys. */
  conditions: ReadonlyMap<string, boolean>;
  /** The result was used as the number of pages somewhere on the path. */
  counted: boolean;
  /** The loop around the call has taken as many pages as it wants. */
  complete: boolean;
  /** After a failure, something was tested or the result was stored: the failure may have been reported. */
  told: boolean;
  /** The state that this one came from. */
  parent: State | null;
  /** The step that this state adds to a finding's path; `null` for none. */
  step: { pos: number; text: string } | null;
}

/** What all paths of a function behind the call share. */
export interface Walking {
  taking: Taking;
  program: Program;
  graph: Graph;
  /** The node of the call. */
  start: Node;
  /** Names that mean the same everywhere in the function. */
  words: Words;
  /** Exactly one page is asked for. */
  one: boolean;
  /** Names of the array, or of the single page; variables that are set to it are among them. */
  arrays: readonly string[];
  /** Where the call takes nothing, pages of an earlier call are in the array. */
  earlier: boolean;
  /** The releases, by the position in the function from which they are made. */
  drops: ReturnType<typeof dropsIn>;
  /** What the loop around the call wants in all. */
  wanted: Wanted;
  /** Positions of calls that are given the array and test each page. */
  tested: ReadonlySet<number>;
}

/** Collects what all paths behind a call share. */
export function walkingOf(taking: Taking): Walking {
  const { subject, reference, graph, start, array, asked } = taking;
  const { program } = subject;
  const path = array.path ?? '';
  const one = asked.text === '1' && taking.indexes !== 'bytes';
  const named = array.address ? [path] : [path, ...otherNames(`${path}[]`, graph).map((n) => n.replace(/\[\]$/, ''))];
  const arrays = one ? [...named, ...variablesFor(graph, named)] : named;
  return {
    taking,
    program,
    graph,
    start,
    words: { asked: asked.text, constant: (name) => program.constant(name, reference.file) },
    one,
    arrays,
    earlier: holdsEarlier(taking),
    drops: dropsIn(subject, reference, graph, (p) => isArray({ arrays }, p)),
    wanted: wantedIn(taking),
    tested: testedIn(subject, reference),
  };
}

/** Local variables that are never set to anything but the single page. */
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

/** True for the path of the array or of the single page, and for paths below it. */
export function isArray({ arrays }: Pick<Walking, 'arrays'>, path: string | null): boolean {
  return path !== null && arrays.some((a) => suffixAfter(path, a) !== null);
}

/** True for the path of the single page and for paths below it. The array that the page stands in is not the page. */
export function isPage(w: Walking, path: string | null): boolean {
  return isArray(w, path) && (w.taking.array.address || !w.arrays.includes(path ?? ''));
}

/** True for a call that tests for an error or reports one: it uses no pages. A call through a pointer counts as one. */
export function isTest(name: string | null): boolean {
  return name === null || reportingName.test(name);
}

/**
 * A fault at a point of a path if one of the `wrong` outcomes can reach it; else none. With pages of an earlier call in the array, there is
 * something to use and drop where this one has failed.
 * @param wrong outcomes with which the statement is wrong
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
