/** What constants are worth, and how two of them compare. */
import type { Program } from '../../../program/program.js';
import { holds } from '../../outcome.js';

/** A constant, as a path has it with or without `=` before it, as the number that it stands for in a file; its name where that is not known. */
export function worthOf(program: Program, file: string, constant: string): number | string {
  const text = constant.replace(/^=/, '');
  if (/^-?\d+$/.test(text)) return Number(text);
  return text === 'true' ? 1 : text === 'false' || text === 'NULL' ? 0 : (program.constant(text, file) ?? text);
}

/**
 * How two constants compare; `null` where that is not known. Two names of which no number is known are not one: what is compared is
 * mostly a state, or what is wanted, which has a name for each.
 */
export function compare(left: number | string, op: string, right: number | string): boolean | null {
  if (left === right) return /^(==|<=|>=)$/.test(op);
  if (typeof left === 'number' && typeof right === 'number') return holds(left, op, right);
  if (typeof left === 'number' || typeof right === 'number') return null;
  return op === '==' ? false : op === '!=' ? true : null;
}

/** What several flags make together, `A | B`, as they are written; `null` where one of them is not known. */
export function flagsOf(program: Program, file: string, text: string): number | null {
  const worths = text.split('|').map((flag) => flagOf(program, file, flag.replace(/[\s()]/g, '')));
  return worths.reduce<number | null>((all, one) => (all === null || one === null ? null : all | one), 0);
}

function flagOf(program: Program, file: string, text: string): number | null {
  const bit = /^(?:BIT|1[uUlL]*<<)(\w+)$/.exec(text)?.[1];
  const worth = worthOf(program, file, bit ?? text);
  return typeof worth !== 'number' ? null : bit === undefined ? worth : 1 << worth;
}
