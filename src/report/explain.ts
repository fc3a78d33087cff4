/** One row as a story: the code of the site, of each step and of each release, then the gaps, then what the row says. */
import pc from 'picocolors';
import type { Row, Survey } from '../survey/row.js';
import { closest } from './closest.js';
import { at } from './describe.js';
import { excerpt, type Reader, readerOf, type Spot } from './excerpt.js';
import { wrap } from './layout.js';
import { sentences } from './sentences.js';
import { visible } from './visible.js';
import type { WriterContext } from './writer.js';

/** The story; or, if nothing is there, the ids or places that were perhaps meant. */
export type Explanation = { found: true; text: string } | { found: false; closest: string[] };

/** A place of the story, with what happens there. */
export interface Scene extends Spot {
  /** The place as text: `file:line in function()`. */
  where: string;
  /** What happens there. */
  text: string;
}

const spot = (place: { file: string; line: number; column: number }): Spot => ({
  file: place.file,
  line: place.line,
  column: place.column,
});
const inFunction = (name: string): string => (name ? ` in ${visible(name)}()` : '');
const whereOf = (place: { file: string; line: number; function: string }): string => `${at(place)}${inFunction(place.function)}`;

/** Everything that happens to the reference, in order: the site, the steps, and the releases that are no steps. */
export function scenes(row: Row): Scene[] {
  const steps = row.trace.map((step): Scene => ({ ...spot(step), where: whereOf(step), text: visible(step.text) }));
  const begun = row.trace.some((step) => step.file === row.file && step.line === row.line);
  const site: Scene = { ...spot(row), where: whereOf(row), text: `${visible(row.api)}() takes the reference` };
  const told = new Set(row.trace.map((step) => `${step.file}:${step.line}`));
  const releases = row.releases
    .filter((release) => !told.has(`${release.file}:${release.line}`))
    .map(
      (release): Scene => ({
        file: release.file,
        line: release.line,
        name: release.api,
        where: whereOf(release),
        text: `dropped by ${visible(release.api)}()`,
      }),
    );
  return [...(begun ? [] : [site]), ...steps, ...releases];
}

/** The story of a row. */
export async function tellSite(row: Row, read: Reader, context: WriterContext): Promise<string> {
  const colours = pc.createColors(context.colour ?? false);
  const lines: string[] = [colours.bold(visible(row.id)), ''];
  let last = '';
  for (const [n, scene] of scenes(row).entries()) {
    lines.push(`${String(n + 1).padStart(2)}. ${colours.cyan(`${scene.where}: ${scene.text}`)}`);
    const place = `${scene.file}:${scene.line}:${scene.column ?? scene.name}`;
    // Several steps may be in one call: its code is shown once.
    if (place !== last) lines.push(...(await excerpt(read, scene)));
    last = place;
    lines.push('');
  }
  if (row.gaps.length > 0) {
    lines.push(colours.bold('What could not be followed'));
    for (const gap of row.gaps) lines.push(`  - ${colours.red(`${at(gap)}: ${visible(gap.why)}`)}`, ...(await excerpt(read, gap)));
    lines.push('');
  }
  lines.push(colours.bold('What this row says'));
  const width = context.width === undefined ? undefined : Math.max(40, context.width - 4);
  for (const sentence of sentences(row)) {
    const wrapped = width === undefined ? [sentence] : wrap(sentence, width);
    lines.push(...wrapped.map((line, n) => `${n === 0 ? '  - ' : '    '}${line}`));
  }
  return `${lines.join('\n')}\n`;
}

/** Tells the site with an id, or the ids most like it. Reads the code from the survey's tree. */
export async function explain(survey: Survey, id: string, context: WriterContext): Promise<Explanation> {
  const row = survey.sites.find((site) => site.id === id);
  if (row) return { found: true, text: await tellSite(row, readerOf(survey.tree), context) };
  return {
    found: false,
    closest: closest(
      id,
      survey.sites.map((site) => site.id),
    ),
  };
}
