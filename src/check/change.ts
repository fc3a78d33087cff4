/** What a change of a tree is, and which findings lead through functions that it touched. */
import { outline } from '../syntax/index.js';
import type { Finding } from './finding.js';

/** Lines of a file, from 1: the first and the last of each stretch. */
export type Lines = readonly (readonly [first: number, last: number])[];

/** How a tree differs from an earlier state of it. */
export interface Change {
  /** The earlier text of each C file that differs, as latin1; `null` for one that was not there. */
  before: ReadonlyMap<string, string | null>;
  /** The new lines of each file. Where lines were only removed, the lines beside that place. */
  lines: ReadonlyMap<string, Lines>;
}

/**
 * Makes a test for findings that stand in, or lead through, a function which the change touched.
 * @param read gives a file's text as it is
 */
export function touching(change: Change, read: (file: string) => string | null): (finding: Finding) => boolean {
  const touched = new Set(
    [...change.lines].flatMap(([file, lines]) => functionsAt(read(file) ?? '', lines).map((name) => place(file, name))),
  );
  return (finding) => placesOf(finding).some((at) => touched.has(at));
}

/** The functions of a finding: of its fault, of its site and of each step of its path. */
function placesOf({ file, function: name, site, path }: Finding): string[] {
  const [siteFile = '', siteFunction = ''] = site.split(':');
  return [place(file, name), place(siteFile, siteFunction), ...path.map((step) => place(step.file, step.function))];
}

function place(file: string, name: string): string {
  return `${file}\0${name}`;
}

/** The functions and macros that have one of the lines. */
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
