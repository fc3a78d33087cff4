/** Which findings a change has to do with: those in functions that it touched, and those that were not there before it. */
import { outline } from '../syntax/index.js';
import type { Finding } from './finding.js';

/** Lines of a file, from 1: the first and the last of each stretch. */
export type Lines = readonly (readonly [first: number, last: number])[];

/** What became of a tree since an earlier state of it. */
export interface Change {
  /** The earlier text of each C file that differs, as latin1; `null` for one that was not there. */
  before: ReadonlyMap<string, string | null>;
  /** By file, the lines that are new. Where lines are only gone, those beside the place. */
  lines: ReadonlyMap<string, Lines>;
}

/**
 * True for a finding that stands in, or leads through, a function which the change touched.
 *
 * @param read gives a file's text as it is
 */
export function touching(change: Change, read: (file: string) => string | null): (finding: Finding) => boolean {
  const touched = new Set(
    [...change.lines].flatMap(([file, lines]) => functionsAt(read(file) ?? '', lines).map((name) => place(file, name))),
  );
  return (finding) => placesOf(finding).some((at) => touched.has(at));
}

/** Where the fault is, where its site is, and what its path leads through. */
function placesOf({ file, function: name, site, path }: Finding): string[] {
  const [siteFile = '', siteFunction = ''] = site.split(':');
  return [place(file, name), place(siteFile, siteFunction), ...path.map((step) => place(step.file, step.function))];
}

function place(file: string, name: string): string {
  return `${file}\0${name}`;
}

/** The functions that have one of the lines. */
function functionsAt(text: string, lines: Lines): string[] {
  const { items, position } = outline(text);
  return items
    .filter((item) => item.kind === 'function' || item.kind === 'macro')
    .filter((item) => {
      const [first, last] = [position(item.pos).line, position(item.end).line];
      return lines.some(([from, to]) => from <= last && to >= first);
    })
    .map((item) => item.name);
}
