/**
 * The engine, on a thread of its own. One function of a tree may keep the analysis busy for a while. The main thread stays free meanwhile,
 * so that Ctrl-C ends the program at once and the progress line moves.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { Change } from '../check/change.js';
import type { Finding } from '../check/finding.js';
import { checkedSurvey } from '../check/index.js';
import { type Looked, TreeError } from '../source/index.js';
import { survey } from '../survey/index.js';
import type { SurveyOptions } from '../survey/options.js';
import type { Survey } from '../survey/row.js';
import { Failure } from './failure.js';

/** What the thread is given at its start. */
export interface Task {
  tree: string;
  /** The survey's options, without those that cannot be sent to a thread. */
  options: Omit<SurveyOptions, 'onProgress' | 'signal' | 'looked'>;
  /** The progress is shown to somebody. */
  watched: boolean;
  /** The rules of `check` are asked in the same pass. */
  checked: boolean;
  /** Only findings that a change concerns are wanted; the change comes later, as a message. */
  ofChange: boolean;
}

/** The result of a run: the survey, and the findings if the tree was checked. */
export interface Result {
  survey: Survey;
  findings?: Finding[];
}

/** What the thread sends: its progress, any number of times, then the result, or why the tree cannot be surveyed. */
export type Message = { progress: [stage: string, done: number, total: number] } | Result | { refused: string };

/** What was kept of the tree by an earlier run, and then how that looks today. */
type Seen = { known: Looked['known'] | null } | { now: Awaited<Looked['now']> };

/** What the thread is sent later: with a cache, what was seen of the tree; with `ofChange`, the change, or why it cannot be known. */
export type Told = Seen | { change: Change } | { refused: string };

/** The progress is not sent more often than this: a tree has many files. */
const PACE_MS = 40;

const task = workerData as Task;
const say = (message: Message): void => parentPort?.postMessage(message);

let said = Number.NEGATIVE_INFINITY;
function onProgress(stage: string, done: number, total: number): void {
  const now = performance.now();
  if (now - said < PACE_MS) return;
  said = now;
  say({ progress: [stage, done, total] });
}

/** Resolves with the first message of a kind from the main thread. */
function told<T extends Told>(isMeant: (said: Told) => said is T): Promise<T> {
  return new Promise((done) => {
    parentPort?.on('message', function hear(said: Told) {
      if (!isMeant(said)) return;
      parentPort?.off('message', hear);
      done(said);
    });
  });
}

/** What was kept and seen of the tree; `null` if nothing was kept. */
async function toldLooked(): Promise<Looked | null> {
  const now = told((said) => 'now' in said).then(({ now }) => now);
  const { known } = await told((said) => 'known' in said);
  return known && { known, now };
}

/**
 * The change, as the main thread sends it.
 * @throws Failure if that is a refusal
 */
async function toldChange(): Promise<Change> {
  const said = await told((said) => 'change' in said || 'refused' in said);
  if ('refused' in said) throw new Failure(said.refused);
  return said.change;
}

try {
  const looked = task.options.cache === undefined ? {} : { looked: toldLooked() };
  const options = { ...task.options, ...looked, ...(task.watched ? { onProgress } : {}) };
  const change = task.ofChange ? toldChange() : undefined;
  // It is awaited only when the tree has been followed. If it fails before, this keeps the rejection from being unhandled.
  change?.catch(() => {});
  say(task.checked ? await checkedSurvey(task.tree, options, change) : { survey: await survey(task.tree, options) });
} catch (error) {
  // Any other error is a bug of ours and reaches the main thread as it is.
  if (!(error instanceof TreeError) && !(error instanceof Failure)) throw error;
  say({ refused: error.message });
}
