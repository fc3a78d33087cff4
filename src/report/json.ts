import type { Survey } from '../survey/row.js';
import { bareJson } from './bare-json.js';

/**
 * The keys of all objects of the contract, in its order, so that two surveys differ only where their facts do. A key that is not listed
 * comes after these, in the order in which it was made.
 */
const ORDER: readonly string[] = [
  ...['tree', 'version', 'sites', 'coverage', 'warnings'],
  ...['tokens', 'rows', 'declarations', 'unaccounted'],
  ...['id', 'file', 'line', 'column', 'function', 'api', 'name', 'use', 'kind', 'reference', 'longterm', 'containers', 'carrier'],
  ...['releases', 'releaseForm', 'releaseReason', 'releaseScope', 'dirty', 'mixed', 'mixedWith', 'case', 'number', 'reason'],
  ...['wrappers', 'trace', 'text', 'why', 'gaps'],
];
const RANK: ReadonlyMap<string, number> = new Map(ORDER.map((key, at) => [key, at]));

/** A replacer for JSON.stringify() that puts an object's keys in this order. */
function ranked(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const rank = (key: string): number => RANK.get(key) ?? ORDER.length;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => rank(a) - rank(b)));
}

/** Writes the whole survey as JSON: `{ "tree", "version", "sites", "coverage" }`, with the warnings last. */
export function writeJson(survey: Survey): string {
  const text = JSON.stringify(survey, ranked, 2);
  return `${bareJson(text)}\n`;
}
