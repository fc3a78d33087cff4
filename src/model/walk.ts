/** Random walks, for systems that are too large to search. What they find can happen; what they do not find may happen too. */
import type { System } from './compile.js';
import { counterOf, setCounter } from './explore.js';
import { GLOBAL, MISTAKEN } from './layout.js';
import { DEBUG_MASK, NOTICE_MASK } from './notices.js';
import { type Outcome, outcomesOf } from './outcomes.js';
import { verdictOf } from './verdict.js';

/** What random walks found. */
export interface Walks {
  readonly walks: number;
  readonly steps: number;
  /** How many walks reached no end within {@link LONGEST} steps. They are left out of the rest. */
  readonly cut: number;
  /** How many walks ended with each outcome. */
  readonly outcomes: ReadonlyMap<Outcome, number>;
  readonly mistaken: number;
  readonly noticed: number;
  readonly noticedDebug: number;
  readonly seconds: number;
}

/** Makes a generator of 32-bit numbers (mulberry32). The same seed gives the same walks. */
function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
}

/** No walk takes more steps: programs that only retry would never end. */
const LONGEST = 10_000;

const PROGRESS_EVERY = 1 << 10;

/**
 * Takes `count` random walks, each to an end state or until it is too long.
 * @param onProgress called from time to time with the walks and steps so far
 */
export function walk(system: System, seed: number, count: number, onProgress?: (walks: number, steps: number) => void): Walks {
  const begun = performance.now();
  const random = randomOf(seed);
  const { machine, programs, initial } = system;
  const found = new Map<Outcome, number>();
  const s = initial.slice();
  const saved = initial.slice();
  let [steps, cut, mistaken, noticed, noticedDebug] = [0, 0, 0, 0, 0];
  for (let n = 0; n < count; n++) {
    if ((n & (PROGRESS_EVERY - 1)) === 0 && n > 0) onProgress?.(n, steps);
    s.set(initial);
    let ended = false;
    for (let length = 0; length < LONGEST && !ended; length++) {
      const moves: (readonly [actor: number, choice: number])[] = [];
      programs.forEach((program, actor) => {
        const step = program[counterOf(system, s, actor)];
        for (let choice = 0; choice < (step?.choices ?? 0); choice++) moves.push([actor, choice]);
      });
      let taken = false;
      while (!taken && moves.length > 0) {
        const [[actor, choice]] = moves.splice(random() % moves.length, 1) as [readonly [number, number]];
        const step = programs[actor]![counterOf(system, s, actor)]!;
        saved.set(s);
        const result = step.run(s, choice);
        if (result < 0) {
          s.set(saved);
          continue;
        }
        setCounter(system, s, actor, step.targets[result]!);
        taken = true;
        steps++;
      }
      ended = !taken;
    }
    // What a walk holds when it is cut, it might still have dropped.
    if (!ended) {
      cut++;
      continue;
    }
    for (const outcome of outcomesOf(verdictOf(machine, s))) found.set(outcome, (found.get(outcome) ?? 0) + 1);
    if ((s[GLOBAL]! & MISTAKEN) === 0) continue;
    mistaken++;
    if ((s[GLOBAL]! & NOTICE_MASK) !== 0) noticed++;
    if ((s[GLOBAL]! & DEBUG_MASK) !== 0) noticedDebug++;
  }
  return { walks: count, steps, cut, outcomes: found, mistaken, noticed, noticedDebug, seconds: (performance.now() - begun) / 1000 };
}
