/** One thread's part of a check: the survey's part, with the rules asked on the way. */
import { type LaneResult, type LaneTask, workWith } from '../survey/lane.js';
import { inspectSites } from './inspect.js';

export default function work(task: LaneTask): Promise<LaneResult> {
  return workWith(task, inspectSites);
}
