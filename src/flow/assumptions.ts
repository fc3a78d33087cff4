/** Conditions of `#if` arms: which of them cannot both be so. */
import { negated } from '../syntax/comparisons.js';

/** True if two sets of assumed conditions cannot both hold: an arm and its opposite, or two steps of a version ladder. */
export function excludes(here: readonly string[], there: readonly string[]): boolean {
  return here.some((a) => there.some((b) => opposite(a) === b || opposite(b) === a || disjoint(a, b)));
}

/** The condition that holds where this one does not. */
function opposite(condition: string): string {
  const comparison = /^(\S.*?) (>=|<=|==|!=|<|>) (.*)$/.exec(condition);
  if (comparison) return `${comparison[1]} ${negated[comparison[2] as string]} ${comparison[3]}`;
  return condition.startsWith('!') ? condition.slice(1) : `!${condition}`;
}

/** A version test as the name and the half-open range of versions that pass it; `null` for any other condition. */
function range(condition: string): { name: string; from: number; to: number } | null {
  const match = /^(\w+) (>=|<=|<|>) \w+\((\d+), ?(\d+)(?:, ?(\d+))?\)$/.exec(condition);
  if (!match) return null;
  const [, name, op, a, b, c] = match as unknown as [string, string, string, string, string, string | undefined];
  const version = (Number(a) * 256 + Number(b)) * 256 + Number(c ?? 0);
  const whole = { name, from: -1, to: Number.MAX_SAFE_INTEGER };
  if (op === '>=') return { ...whole, from: version };
  if (op === '>') return { ...whole, from: version + 1 };
  return { ...whole, to: op === '<' ? version : version + 1 };
}

function disjoint(a: string, b: string): boolean {
  const left = range(a);
  const right = range(b);
  return left !== null && right !== null && left.name === right.name && (left.from >= right.to || right.from >= left.to);
}
