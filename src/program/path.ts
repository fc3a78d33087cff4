/**
 * Access paths: a root variable, then steps, written as one string. `[]` is "an element of it, or what it points at" with all indexes
 * collapsed, `.f` a field (reached by `.` or `->` alike), `@sgl` and its like the pages in a generic container.
 *
 * Paths are bounded: one that grows past the bound is dropped, as in every k-limited access-path analysis.
 */
const maxLength = 160;
const maxSteps = 6;

const noSteps: readonly string[] = [];

/** Returns `path` extended by one step; `null` past the bound. A pointer to a struct and an array of structs are not told apart. */
export function step(path: string, next: string): string | null {
  let base = path;
  if (next === '[]') {
    if (base.endsWith('[][]')) return base;
  } else if (next !== '@address') {
    while (base.endsWith('[]')) base = base.slice(0, -2);
    // A container inside itself (a chained scatterlist, a bio of a bio) is the same container.
    if (next.startsWith('@') && base.endsWith(next)) return base;
  }
  // A field below the same field is a list or a tree, whose nodes are not told apart. Directly below itself (`buf.pages.pages`) it may be
  // another struct's field.
  if (next.startsWith('.') && hasStep(base.endsWith(next) ? base.slice(0, -next.length) : base, next)) return null;
  const joined = base + next;
  if (joined.length > maxLength || countSteps(joined, 1) > maxSteps) return null;
  return joined;
}

function hasStep(path: string, field: string): boolean {
  for (let at = path.indexOf(field); at >= 0; at = path.indexOf(field, at + 1)) {
    const c = path.charCodeAt(at + field.length);
    if (Number.isNaN(c) || c === 0x2e || c === 0x5b || c === 0x40) return true;
  }
  return false;
}

/** True for the suffix of a value itself, not of the memory behind it: none, a frame number, an address. */
export function isOwnValue(suffix: string): boolean {
  return suffix === '' || suffix === '@pfn' || suffix === '@address';
}

/** Returns `path` followed by all steps of `suffix`; `null` past the bound. */
export function join(path: string, suffix: string): string | null {
  let result: string | null = path;
  for (const next of splitSteps(suffix)) {
    if (result === null) return null;
    result = step(result, next);
  }
  return result;
}

/** Counts the steps from a position on, without splitting the path: paths are made far more often than taken apart. */
function countSteps(path: string, begin: number): number {
  let count = 0;
  for (let i = begin; i < path.length; i++) {
    const c = path.charCodeAt(i);
    if (c === 0x2e || c === 0x40 || c === 0x5b) count++;
  }
  return count;
}

/** Returns the steps of a suffix: `.a[]@sgl` is `['.a', '[]', '@sgl']`. */
export function splitSteps(suffix: string): readonly string[] {
  if (suffix === '') return noSteps;
  const steps: string[] = [];
  let from = -1;
  for (let i = 0; i <= suffix.length; i++) {
    const c = i === suffix.length ? 0x2e : suffix.charCodeAt(i);
    if (c !== 0x2e && c !== 0x40 && c !== 0x5b && c !== 0x5d) continue;
    if (from >= 0 && i > from + 1) steps.push(suffix.slice(from, i));
    if (c === 0x5b && suffix.charCodeAt(i + 1) === 0x5d) steps.push('[]');
    from = c === 0x2e || c === 0x40 ? i : -1;
  }
  return steps;
}

/** Returns the root variable of a path. */
export function rootOf(path: string): string {
  for (let i = 1; i < path.length; i++) {
    const c = path.charCodeAt(i);
    if (c === 0x2e || c === 0x5b || c === 0x40) return path.slice(0, i);
  }
  return path;
}

/** Returns the paths that lead to what a path names, outermost first: `q` and `q.va` for `q.va[]`. */
export function pathsAbove(path: string): string[] {
  const root = rootOf(path);
  const steps = splitSteps(path.slice(root.length));
  return steps.map((_, i) => root + steps.slice(0, i).join(''));
}

/** Returns the steps of a path behind its root. */
export function stepsOf(path: string): readonly string[] {
  return splitSteps(path.slice(rootOf(path).length));
}

/** Returns what follows `prefix` in `path`: `''` if they are the same, `null` if `prefix` does not lead to `path`. */
export function suffixAfter(path: string, prefix: string): string | null {
  if (!path.startsWith(prefix)) return null;
  if (path.length === prefix.length) return '';
  const c = path.charCodeAt(prefix.length);
  return c === 0x2e || c === 0x5b || c === 0x40 ? path.slice(prefix.length) : null;
}

/**
 * The value of an expression, as far as pages are concerned: the value at `path`, or the address of `path`. `path` is `null` for constants
 * and everything that cannot lead to a page.
 */
export interface Value {
  path: string | null;
  /** True for the address of `path`, false for the value there. */
  address: boolean;
  /** The text of a constant or a bare name, by which conditions and flags are decided. */
  text: string;
}

/** Returns the path that `suffix` below a value names; `null` if there is none. */
export function pathBelow(value: Value, suffix: string): string | null {
  if (value.path === null) return null;
  if (!value.address) return join(value.path, suffix);
  if (suffix.startsWith('[]')) return join(value.path, suffix.slice(2));
  return suffix === '' || suffix === '@address' ? null : join(value.path, suffix);
}

/** Returns a path without its elements and contents: `obj.bv.page` for `obj.bv[].page@sgl`. */
export function membersOf(path: string): string {
  return path.replace(/\[\]|@\w+/g, '');
}

/** Returns the last member of a path, with its dot; `''` for a variable. */
export function lastMember(path: string): string {
  return path.match(/\.\w+/g)?.at(-1) ?? '';
}

/** Returns a path without the indexes at its end: `b.pages` for `b.pages[][]`. */
export function unindexed(path: string): string {
  return path.replace(/(\[\])+$/, '');
}

const elsewhere = '::elsewhere ';

/** Returns the path for memory whose owner is unknown, named after the path by which it is written. */
export function elsewherePath(written: string): string {
  return elsewhere + written.replace(/\W/g, '_');
}

/** True for a path made by {@link elsewherePath}. */
export function isElsewhere(path: string): boolean {
  return path.startsWith(elsewhere);
}
