/**
 * The survey on a thread of its own. One function of a tree may keep the analysis busy for a while; the main thread stays
 * free meanwhile, so that Ctrl-C ends the program at once and the progress line moves.
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

/** What the thread is told at its start. */
export interface Task {
  tree: string;
  /** All but what cannot be sent. */
  options: Omit<SurveyOptions, 'onProgress' | 'signal' | 'looked'>;
  /** Somebody looks at the progress. */
  watched: boolean;
  /** The rules of `check` are asked in the same pass. */
  checked: boolean;
  /** Only findings that a change has to do with; it comes in a message. */
  ofChange: boolean;
}

/** What comes of a run: the survey, and the findings if the tree was checked too. */
export interface Result {
  survey: Survey;
  findings?: Finding[];
}

/** What the thread says: any number of times how far it is, then the result, or why the tree cannot be surveyed. */
export type Message = { progress: [stage: string, done: number, total: number] } | Result | { refused: string };

/** What was kept of the tree, and then how that looks now. */
type Seen = { known: Looked['known'] | null } | { now: Awaited<Looked['now']> };

/** What the thread is told later: with a cache, what was seen of the tree; if its task is of a change, that, or why it cannot be known. */
export type Told = Seen | { change: Change } | { refused: string };

/** The line is not drawn more often than this, and a tree has many files. */
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

/** Hears the first thing of a kind that the main thread says. */
function told<T extends Told>(isMeant: (said: Told) => said is T): Promise<T> {
  return new Promise((done) => {
    parentPort?.on('message', function hear(said: Told) {
      if (!isMeant(said)) return;
      parentPort?.off('message', hear);
      done(said);
    });
  });
}

async function toldLooked(): Promise<Looked | null> {
  const now = told((said) => 'now' in said).then(({ now }) => now);
  const { known } = await told((said) => 'known' in said);
  return known && { known, now };
}

/** Fails as what the main thread says. */
async function toldChange(): Promise<Change> {
  const said = await told((said) => 'change' in said || 'refused' in said);
  if ('refused' in said) throw new Failure(said.refused);
  return said.change;
}

try {
  const looked = task.options.cache === undefined ? {} : { looked: toldLooked() };
  const options = { ...task.options, ...looked, ...(task.watched ? { onProgress } : {}) };
  const change = task.ofChange ? toldChange() : undefined;
  // It is awaited when the tree has been followed; should it fail before that, somebody has heard of it.
  change?.catch(() => {});
  say(task.checked ? await checkedSurvey(task.tree, options, change) : { survey: await survey(task.tree, options) });
} catch (error) {
  // Any other error is a fault of ours; it reaches the main thread as it is.
  if (!(error instanceof TreeError) && !(error instanceof Failure)) throw error;
  say({ refused: error.message });
}
