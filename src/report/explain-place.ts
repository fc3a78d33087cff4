/** All that is found in one line of the tree, as stories: findings of the check, then sites. */
import type { Finding } from '../check/finding.js';
import type { Survey } from '../survey/row.js';
import { closest } from './closest.js';
import { readerOf } from './excerpt.js';
import { type Explanation, tellSite } from './explain.js';
import { tellFinding } from './explain-finding.js';
import type { WriterContext } from './writer.js';

/** A place that was asked for: a line, or what begins in a column of it. */
interface Place {
  file: string;
  line: number;
  column: number | null;
}

/** Parses `file:line` or `file:line:column`; `null` for anything else. */
function placeOf(text: string): Place | null {
  const [, file, line, column] = /^(.+?):(\d+)(?::(\d+))?$/.exec(text) ?? [];
  return file === undefined ? null : { file, line: Number(line), column: column === undefined ? null : Number(column) };
}

/** True for a text that is written as a place and not as an id. */
export function isPlace(text: string): boolean {
  return placeOf(text) !== null;
}

/** Tells all findings and sites at a place, or the places most like it. Reads the code from the survey's tree. */
export async function explainPlace(
  { tree, sites }: Pick<Survey, 'tree' | 'sites'>,
  findings: readonly Finding[],
  text: string,
  context: WriterContext,
): Promise<Explanation> {
  const place = placeOf(text);
  const isThere = ({ file, line, column }: { file: string; line: number; column: number }): boolean =>
    file === place?.file && line === place.line && (place.column === null || column === place.column);
  const read = readerOf(tree);
  const stories = [
    ...findings.filter(isThere).map((finding) => tellFinding(finding, read, context)),
    ...sites.filter(isThere).map((site) => tellSite(site, read, context)),
  ];
  if (stories.length === 0) return { found: false, closest: nearest(place, text, [...findings, ...sites]) };
  return { found: true, text: (await Promise.all(stories)).join('\n') };
}

/** How many other places are suggested. */
const NAMED = 5;

/** Places that were perhaps meant: the nearest in the file, else those written most alike. */
function nearest(place: Place | null, text: string, all: readonly { file: string; line: number }[]): string[] {
  const nameOf = ({ file, line }: { file: string; line: number }): string => `${file}:${line}`;
  const here = all.filter(({ file }) => file === place?.file);
  const distance = ({ line }: { line: number }): number => Math.abs(line - (place?.line ?? 0));
  if (here.length === 0) return closest(text, [...new Set(all.map(nameOf))], NAMED);
  return [...new Set(here.sort((a, b) => distance(a) - distance(b)).map(nameOf))].slice(0, NAMED);
}
