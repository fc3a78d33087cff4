/** Which steps of a story share their code, and the marks under its lines. Pure: no browser needed. */
import type { Code, PageData, PageScene } from '../src/report/page/data.js';

/** Steps that follow one another in one stretch of code, which is shown once for them. */
export interface Passage {
  scenes: PageScene[];
  /** Number of the first of them in the story. */
  number: number;
  code: Code | undefined;
}

/** A passage is not drawn out over more lines than this. */
const LONGEST = 30;

/** Two excerpts of one file as one, if they overlap and tell the same there. */
function joined(one: Code, other: Code): Code | null {
  const [a, b] = one.first <= other.first ? [one, other] : [other, one];
  const common = a.lines.slice(b.first - a.first);
  const alike = common.every((line, n) => b.lines[n] === undefined || b.lines[n] === line);
  // An empty line is like any other, however the rest of its excerpt was cut.
  if (!alike || !common.some((line, n) => line !== '' && b.lines[n] === line)) return null;
  const lines = [...a.lines, ...b.lines.slice(common.length)];
  return lines.length > LONGEST ? null : { first: a.first, lines };
}

/** The scenes by the code that they share, in their order. */
export function passages(data: Pick<PageData, 'code'>, scenes: readonly PageScene[]): Passage[] {
  const all: Passage[] = [];
  for (const [n, scene] of scenes.entries()) {
    const code = scene.code === null ? undefined : data.code[scene.code];
    const last = all[all.length - 1];
    const together = code && last?.code && last.scenes[0]?.file === scene.file ? joined(last.code, code) : null;
    if (last && together) {
      last.scenes.push(scene);
      last.code = together;
    } else all.push({ scenes: [scene], number: n + 1, code });
  }
  return all;
}

/** The marks under a line: a caret for each step that means it, with the step's number where the code is shown for several. */
export function marks(scenes: readonly { caret: number; number: number | null }[], cut: number): string {
  const places = new Map<number, number[]>();
  for (const { caret, number } of scenes) {
    if (caret >= 0) places.set(caret, [...(places.get(caret) ?? []), ...(number === null ? [] : [number])]);
  }
  let text = '';
  for (const [caret, numbers] of [...places].sort(([a], [b]) => a - b)) {
    const lack = caret - cut - text.length;
    // Two places may be closer than what is written at the first.
    text += `${lack > 0 ? ' '.repeat(lack) : text === '' ? '' : ' '}^${numbers.join(',')}`;
  }
  return text;
}
