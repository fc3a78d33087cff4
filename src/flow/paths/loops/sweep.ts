/** Loops that drop every element of an array, as one bulk call would. */
import type { CallOperation, Graph, Loop, Node } from '../../../program/graph.js';
import { remembered } from '../../../program/remembered.js';
import { releases, transfers } from '../../../protocol/index.js';
import type { InGraph, Within } from '../function/text.js';
import { headOf, plain } from './last.js';
import { elementGiven, isIterated, lookedUp, ownIndex, takenOutBy } from './unwind.js';

const sweepsIn = remembered((_loop: Loop) => new Map<string, boolean>());

/**
 * The loop around a call, if it is the only one and passes each element to the call, from the first one on or down to it, by its own
 * index or as an iterating macro; `null` for any other call.
 */
export function sweepAt(local: InGraph, { loops, guards, operation }: Node): Loop | null {
  const [loop] = loops;
  if (!loop || loops.length > 1 || guards.length > loop.guards || operation?.kind !== 'call') return null;
  if (isCountSet(local, operation)) return null;
  const e = elementGiven(operation, 0);
  const given = e === undefined ? undefined : lookedUp(e);
  const iterates = given !== undefined && isIterated(local.graph, loop, given);
  const name = iterates ? '' : (ownIndex(given) ?? (e === undefined ? null : (takenOutBy(local, loop, e)?.index ?? null)));
  if (name === null) return null;
  const answers = sweepsIn(loop);
  const found = answers.get(name) ?? (iterates ? isThorough(loop, local) : isSweep(loop, name, local));
  answers.set(name, found);
  return found ? loop : null;
}

/** True for a drop of one of a container's pages in a function that sets somewhere how many the container has: it may have none then. */
export function isCountSet({ program, reference }: Within, { name }: CallOperation): boolean {
  const { one } = releases.get(name ?? '') ?? {};
  return one !== undefined && new RegExp(String.raw`\b${one.count}\s*(?:[-+]?=(?!=)|--|\+\+)`).test(program.textOf(reference));
}

/** By paths, the bounds of the loops around a drop at an offset: how many elements it drops. */
export function boundsOf(graph: Graph, pos: number, within: Within): string[] {
  return graph.nodes.flatMap((n) => {
    const [loop] = n.loops;
    return n.pos === pos && loop ? (boundOf(loop, within) ?? []) : [];
  });
}

/** What a loop runs up to or down from, as a path; `null` if that is not plain. */
export function boundOf(loop: Loop, within: Within): string | null {
  const [, up, down, off, before, below] =
    /;\w+(?:<|!=)([\w.]+);|=([\w.]+)-1;|^while\(([\w.]+)--(?:>0)?\)|^while\(--([\w.]+)>=0\)|^while\(\w+(?:<|!=)([\w.]+)\)/.exec(
      testOf(loop, within),
    ) ?? [];
  return up ?? down ?? off ?? before ?? below ?? null;
}

/** The text before a loop's body or, for a `do` loop, its test written as that of a `while`. */
function testOf(loop: Loop, within: Within): string {
  if (loop.testPos === undefined) return headOf(loop, within);
  return `while(${plain(within.program.between(within.reference.file, loop.testPos, loop.end)).replace(/^\(/, '')}`;
}

/** True for a loop without jumps, that puts nothing into a container. */
function isThorough(loop: Loop, { program, reference, graph }: InGraph): boolean {
  const body = program.between(reference.file, loop.bodyPos, loop.end);
  const refills = ({ pos, operation: o }: Node): boolean => o?.kind === 'call' && pos >= loop.bodyPos && pos < loop.end && filling(o.name);
  return !/\b(continue|break|goto|return)\b/.test(body) && !graph.nodes.some(refills);
}

/** True for a call that puts something into a container that it is given. */
function filling(name: string | null): boolean {
  return name !== null && transfers.get(name)?.moves.some(([, to]) => /^\d/.test(to)) === true;
}

/** The bound of a loop that runs through all elements and is not left early, even if iterations skip some; `null` for any other loop. */
export function wholeRangeOf(loop: Loop, within: Within): string | null {
  const body = within.program.between(within.reference.file, loop.bodyPos, loop.end);
  const isLeft = /\b(break|goto|return)\b/.test(body);
  return isLeft || ![...loop.variables].some((index) => goesOverAll(loop, index, within)) ? null : boundOf(loop, within);
}

function isSweep(loop: Loop, index: string, local: InGraph): boolean {
  const { program, reference } = local;
  const body = program.between(reference.file, loop.bodyPos, loop.end);
  // Not every element is dropped, or the array has others when it is gone through once more.
  if (!isThorough(loop, local) || new RegExp(`\\[\\s*${index}\\s*\\][\\w.>\\s-]*=[^=]`).test(body)) return false;
  return goesOverAll(loop, index, local);
}

/** True for a loop whose head counts through every index, from the first up to its bound or down to the first. */
function goesOverAll(loop: Loop, index: string, within: Within): boolean {
  const head = headOf(loop, within);
  const declared = String.raw`\w*?`;
  return [
    `^for\\(${declared}${index}=0;${index}(<|!=)[^;]+;(${index}\\+\\+|\\+\\+${index}|${index}\\+=1)\\)`,
    `^for\\(${declared}${index}=[^;]+-1;${index}>=0;(${index}--|--${index})\\)`,
    `^for\\((${index}--|--${index});${index}>=0;(${index}--|--${index})\\)`,
    `^while\\((${index}--(>0)?|--${index}>=0)\\)`,
  ].some((pattern) => new RegExp(pattern).test(head));
}
