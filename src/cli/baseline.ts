/** A baseline: findings that are known and not to be shown again, in a file that people can read. */
import type { Finding } from '../check/finding.js';
import { bareJson } from '../report/bare-json.js';
import { list, object, parse, ShapeError, text } from '../report/read/shape.js';
import { visible } from '../report/visible.js';
import { Failure } from './failure.js';
import { readNamed } from './input.js';

/** An entry of a baseline. Only its id counts, which stays the same when lines move; the rest is for people. */
interface Known {
  id: string;
}

/**
 * The ids in a baseline.
 * @throws Failure if it cannot be read or is no baseline
 */
export function readBaseline(file: string): Set<string> {
  const json = readNamed(file, { as: 'the baseline ', missing: 'there is no such file; --update-baseline writes it' });
  try {
    return new Set(parse(json, list(object<Known>({ id: text }))).map(({ id }) => id));
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    throw new Failure(`${visible(file)} is no baseline: ${error.message}; --update-baseline writes one`);
  }
}

/** Writes findings as a baseline, a line for each, ordered by id so that two baselines are easy to compare. */
export function writtenBaseline(findings: readonly Finding[]): string {
  const lines = [...findings]
    .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
    .map(({ id, file, function: name, message }) => `  ${bareJson(JSON.stringify({ id, file, function: name, message }))}`);
  return lines.length === 0 ? '[]\n' : `[\n${lines.join(',\n')}\n]\n`;
}
