import type { Survey } from '../survey/row.js';

/** DEL, C1 and bidirectional controls are legal in JSON as they are, but a terminal obeys some; the newlines are the layout's own. */
const BARE = /(?!\n)[\p{Cc}\u{200e}\u{200f}\u{2028}-\u{202e}\u{2066}-\u{2069}]/gu;

/**
 * The keys of every object of the contract in the order of the contract, so that two surveys differ only where their facts do.
 * A key that is not in the list comes after those that are, in the order in which it was made.
 */
const ORDER: readonly string[] = [
  ...['tree', 'version', 'sites', 'coverage', 'warnings'],
  ...['tokens', 'rows', 'declarations', 'unaccounted'],
  ...['id', 'file', 'line', 'column', 'function', 'api', 'name', 'use', 'kind', 'reference', 'longterm', 'containers', 'carrier'],
  ...['releases', 'releaseForm', 'releaseReason', 'releaseScope', 'dirty', 'mixed', 'mixedWith', 'case', 'number', 'reason'],
  ...['wrappers', 'trace', 'text', 'why', 'gaps'],
];
const RANK: ReadonlyMap<string, number> = new Map(ORDER.map((key, at) => [key, at]));

function ranked(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const rank = (key: string): number => RANK.get(key) ?? ORDER.length;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => rank(a) - rank(b)));
}

/** The whole survey as JSON: the design's `{ "tree", "version", "sites", "coverage" }`, with the warnings last. */
export function writeJson(survey: Survey): string {
  const text = JSON.stringify(survey, ranked, 2);
  return `${text.replace(BARE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}
