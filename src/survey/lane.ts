/** One thread's part of a survey: files near each other first, then files that slower threads have not begun. */
import type { FunctionReference } from '../program/file.js';
import { answersBehind, textsBehind } from '../program/questions.js';
import { openShared, type SharedTree, type SourceWarning } from '../source/index.js';
import { initSyntax } from '../syntax/index.js';
import { type Inspect, openUnits, type Unit } from './unit.js';

/** What all lanes of a survey share. */
export interface Lanes {
  tree: SharedTree;
  aliases: readonly FunctionReference[];
  files: readonly string[];
  /** How many lanes there are. */
  count: number;
  /** True if each unit is to come with its questions. */
  keep: boolean;
  /** In shared memory: for each file, whether a lane has begun it; behind these, how many files are done. */
  claims: Int32Array;
}

/** What one lane is given. */
export interface LaneTask extends Lanes {
  lane: number;
}

/** What one lane has worked out. */
export interface LaneResult {
  /** The units, with the numbers in `questions` of the questions that they rest on: many rest on the same ones. */
  units: { index: number; unit: Unit; questions: Uint32Array }[];
  questions: string[];
  /** The digests of the texts that the questions rest on, and the answers that were taken from these texts. */
  texts: ReadonlyMap<string, string | null>;
  answers: ReadonlyMap<string, string | null>;
  warnings: readonly SourceWarning[];
}

/**
 * The order in which a lane tries the files: first a run of its own, since neighbours need the same helpers, then those of the other lanes,
 * from their ends.
 */
function orderOf(lane: number, { files, count }: Pick<Lanes, 'files' | 'count'>): number[] {
  const bound = (k: number): number => Math.round((k * files.length) / count);
  const run = (k: number): number[] => Array.from({ length: bound(k + 1) - bound(k) }, (_, i) => bound(k) + i);
  const others = Array.from({ length: count - 1 }, (_, k) => (lane + 1 + k) % count);
  return [...run(lane), ...others.flatMap((k) => run(k).reverse())];
}

/** Runs one lane. */
export default function work(task: LaneTask): Promise<LaneResult> {
  return workWith(task);
}

/** Runs one lane and inspects what it follows. Another room runs on the same threads through a lane file of its own that calls this. */
export async function workWith(task: LaneTask, inspect?: Inspect): Promise<LaneResult> {
  await initSyntax();
  const tree = openShared(task.tree);
  const survey = openUnits(tree, task.aliases, task.keep, inspect);
  const numbers = new Map<string, number>();
  const number = (question: string): number => {
    const found = numbers.get(question) ?? numbers.size;
    if (found === numbers.size) numbers.set(question, found);
    return found;
  };
  const units: LaneResult['units'] = [];
  for (const index of orderOf(task.lane, task)) {
    if (Atomics.compareExchange(task.claims, index, 0, 1) !== 0) continue;
    const { unit, questions } = survey(task.files[index] as string);
    units.push({ index, unit, questions: Uint32Array.from(questions, number) });
    Atomics.add(task.claims, task.files.length, 1);
  }
  const questions = [...numbers.keys()];
  return { units, questions, texts: textsBehind(tree, questions), answers: answersBehind(tree, questions), warnings: tree.warnings };
}
