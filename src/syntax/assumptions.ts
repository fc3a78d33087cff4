/** Compares conditions of `#if` arms: which of them exclude each other. */
import { negated } from './comparisons.js';
import { type Condition, conditionText, negate, parseCondition } from './conditions.js';

/**
 * True if two sets of assumed conditions cannot both hold: an arm and its opposite, two steps of a version ladder, or some tests and what
 * an `#else` after all of them implies.
 */
export function excludes(here: readonly string[], there: readonly string[]): boolean {
  if (here.length === 0 || there.length === 0) return false;
  if (here.some((a) => there.some((b) => areOpposed(a, b)))) return true;
  const all = [...here, ...there];
  return all.some(
    (c) =>
      isCompound(c) &&
      truthOf(
        parsed(c),
        all.filter((other) => other !== c),
      ) === false,
  );
}

function areOpposed(a: string, b: string): boolean {
  return opposite(a) === b || opposite(b) === a || disjoint(a, b);
}

function isCompound(condition: string): boolean {
  return /\|\||&&/.test(condition);
}

const known = new Map<string, Condition>();

/** Parses a condition that {@link conditionText} has written. The result is kept: the same few are asked about all the time. */
function parsed(condition: string): Condition {
  let found = known.get(condition);
  if (found === undefined) {
    found = parseCondition(condition);
    known.set(condition, found);
  }
  return found;
}

/** What conditions that hold imply about another one: its truth, or `null` if they imply nothing. */
function truthOf(c: Condition, holding: readonly string[]): boolean | null {
  if (c.op === 'const') return c.value;
  const text = conditionText(c);
  if (holding.some((h) => h === text || disjoint(h, opposite(text)))) return true;
  if (holding.some((h) => areOpposed(h, text))) return false;
  if (c.op === 'not') {
    const truth = truthOf(c.of, holding);
    return truth === null ? null : !truth;
  }
  if (c.op !== 'and' && c.op !== 'or') return null;
  const decides = c.op === 'or';
  const sides = [truthOf(c.left, holding), truthOf(c.right, holding)];
  if (sides.includes(decides)) return decides;
  return sides.includes(null) ? null : !decides;
}

/**
 * Returns the alternative sets of conditions under which none of some definitions is active.
 * @param definitions the conditions of each definition. If one has none, or if they are the arms of one `#if` with an `#else`, the result
 *   is empty
 */
export function without(definitions: readonly (readonly string[])[]): string[][] {
  let found: string[][] = [[]];
  for (const conditions of definitions)
    found = found.flatMap((others) =>
      conditions.map(opposite).flatMap((other) => (excludes(others, [other]) ? [] : [[...new Set([...others, other])]])),
    );
  return found;
}

/** True for a condition that holds on older kernels, or on those that lack something: `V < KERNEL_VERSION(5,6,0)`, `!defined(HAVE_PIN)`. */
export function isOlder(condition: string): boolean {
  const versions = range(condition);
  return versions === null ? condition.startsWith('!defined(') : versions.to < Number.MAX_SAFE_INTEGER;
}

/** True if these conditions hold only on kernels before a version. The first release of that version counts as before it. */
export function isBefore(conditions: readonly string[], major: number, minor: number): boolean {
  const version = (major * 256 + minor) * 256;
  return conditions.some((c) => {
    const versions = range(c);
    // `<= KERNEL_VERSION(5,6,0)` is the condition of the arm beside `> KERNEL_VERSION(5,6,0)`.
    return versions?.name === 'LINUX_VERSION_CODE' && versions.to <= version + 1;
  });
}

/** The condition that holds where this one does not. */
function opposite(condition: string): string {
  if (isCompound(condition)) return conditionText(negate(parsed(condition)));
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
