/** Loops that drop every element of an array, as one call for all of them would. */
import type { Graph, Loop, Node } from '../../../program/graph.js';
import { remembered } from '../../../program/remembered.js';
import type { Called } from '../context.js';
import type { Within } from '../function/text.js';
import { headOf } from './last.js';
import { ownIndex } from './unwind.js';

const sweepsIn = remembered((_loop: Loop) => new Map<string, boolean>());

/**
 * The loop, if it is the only one around a call that drops the element of its own index, and gives each element from the first
 * on to it, or each down to that one; `null` for any other call.
 */
export function sweepAt(local: Called, { loops, guards, operation }: Node): Loop | null {
  const [loop] = loops;
  if (!loop || loops.length > 1 || guards.length > loop.guards || operation?.kind !== 'call') return null;
  const name = ownIndex(operation.expressions[0]);
  if (name === null) return null;
  const answers = sweepsIn(loop);
  const found = answers.get(name) ?? isSweep(loop, name, local);
  answers.set(name, found);
  return found ? loop : null;
}

/** What the loops over a drop at a place run up to, as paths: how many it drops. */
export function boundsOf(graph: Graph, pos: number, within: Within): string[] {
  return graph.nodes.flatMap((n) => {
    const [loop] = n.loops;
    if (n.pos !== pos || !loop) return [];
    const [, up, down, off] = /;\w+(?:<|!=)([\w.]+);|=([\w.]+)-1;|^while\(([\w.]+)--(?:>0)?\)/.exec(headOf(loop, within)) ?? [];
    return up ?? down ?? off ?? [];
  });
}

function isSweep(loop: Loop, index: string, local: Called): boolean {
  const { program, reference } = local;
  const body = (program.file(reference.file)?.text ?? '').slice(loop.bodyPos, loop.end);
  // Not every element, or not the same ones when the array is gone through once more.
  if (/\b(continue|break|goto|return)\b/.test(body) || new RegExp(`\\[\\s*${index}\\s*\\][\\w.>\\s-]*=[^=]`).test(body)) return false;
  const head = headOf(loop, local);
  const declared = String.raw`\w*?`;
  return [
    `^for\\(${declared}${index}=0;${index}(<|!=)[^;]+;(${index}\\+\\+|\\+\\+${index}|${index}\\+=1)\\)`,
    `^for\\(${declared}${index}=[^;]+-1;${index}>=0;(${index}--|--${index})\\)`,
    `^for\\((${index}--|--${index});${index}>=0;(${index}--|--${index})\\)`,
    `^while\\((${index}--(>0)?|--${index}>=0)\\)`,
  ].some((pattern) => new RegExp(pattern).test(head));
}
