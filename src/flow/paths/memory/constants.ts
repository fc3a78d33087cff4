/** The values of constants, and how two of them compare. */
import type { Program } from '../../../program/program.js';
import { holds } from '../../outcome.js';

/** The number that a constant stands for in a file; its name if that is not known. A leading `=`, as values have it, is ignored. */
export function worthOf(program: Program, file: string, constant: string): number | string {
  const text = constant.replace(/^=/, '');
  if (/^-?\d+$/.test(text)) return Number(text);
  return text === 'true' ? 1 : text === 'false' || text === 'NULL' ? 0 : (program.constant(text, file) ?? text);
}

/** How two constants compare; `null` if that is not known. Two names of unknown value count as different: mostly they name states. */
export function compare(left: number | string, op: string, right: number | string): boolean | null {
  if (left === right) return /^(==|<=|>=)$/.test(op);
  if (typeof left === 'number' && typeof right === 'number') return holds(left, op, right);
  if (typeof left === 'number' || typeof right === 'number') return null;
  return op === '==' ? false : op === '!=' ? true : null;
}

/** The value of `A | B`; `null` if one of the flags is not known. */
export function flagsOf(program: Program, file: string, text: string): number | null {
  const worths = text.split('|').map((flag) => flagOf(program, file, flag.replace(/[\s()]/g, '')));
  return worths.reduce<number | null>((all, one) => (all === null || one === null ? null : all | one), 0);
}

function flagOf(program: Program, file: string, text: string): number | null {
  const bit = /^(?:BIT|1[uUlL]*<<)(\w+)$/.exec(text)?.[1];
  const worth = worthOf(program, file, bit ?? text);
  return typeof worth !== 'number' ? null : bit === undefined ? worth : 1 << worth;
}
