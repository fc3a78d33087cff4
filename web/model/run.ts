/** A run as a chart: a lane for each actor, time to the right, and below how each page frame is counted after each step. */
import type { MatrixRun, RunPage, RunStep } from '../../src/report/read/matrix.js';
import { drawing, h, s, scrolling, tableHead } from '../dom.js';
import { sentence } from '../words.js';

const [LEFT, NARROWEST, LANE, TOP] = [150, 58, 30, 26];

/** The frames that the run changes; the others only wait. */
function frames({ start, steps }: MatrixRun): number[] {
  const all = start.length > 0 ? start : (steps[0]?.pages ?? []);
  const told = (page: RunPage | undefined): string => JSON.stringify(page);
  return all.map((_, frame) => frame).filter((frame) => steps.some((step) => told(step.pages[frame]) !== told(all[frame])));
}

function mark(step: RunStep, n: number, lane: number, x: number): SVGElement {
  const y = TOP + lane * LANE + LANE / 2;
  const kind = step.mistake ? 'mistake' : step.notices.length > 0 ? 'notice' : '';
  return s(
    'g',
    { class: `act ${kind}` },
    s('circle', { cx: x, cy: y, r: step.mistake ? 9 : 7 }),
    step.mistake || step.notices.length > 0
      ? s('text', { x, y, dy: '0.35em', 'text-anchor': 'middle', class: 'in' }, step.mistake ? '✕' : '!')
      : null,
    s('title', {}, `${n + 1}. ${step.actor}: ${step.text}`),
  );
}

/** A line of numbers below the lanes: a count of one frame after each step, marked where it changes. */
function counts(run: MatrixRun, frame: number, of: 'ref' | 'pins', y: number, across: (n: number) => number): SVGElement[] {
  let before = run.start[frame]?.[of];
  return [
    s('text', { x: 0, y, dy: '0.35em' }, `frame ${frame} ${of === 'ref' ? 'references' : 'pins'}`),
    ...run.steps.flatMap((step, n) => {
      const now = step.pages[frame]?.[of];
      if (now === undefined) return [];
      const kind = before === undefined || now === before ? 'same' : now > before ? 'up' : 'down';
      before = now;
      return [s('text', { x: across(n), y, dy: '0.35em', 'text-anchor': 'middle', class: `num ${kind}` }, String(now))];
    }),
  ];
}

function chart(run: MatrixRun): SVGElement {
  const actors = [...new Set([...run.actors, ...run.steps.map((step) => step.actor)])].filter((actor) =>
    run.steps.some((step) => step.actor === actor),
  );
  const lines = frames(run).flatMap((frame) => {
    const pinned = run.steps.some((step) => (step.pages[frame]?.pins ?? 0) > 0);
    return [{ frame, of: 'ref' as const }, ...(pinned ? [{ frame, of: 'pins' as const }] : [])];
  });
  const below = TOP + actors.length * LANE + 14;
  const widest = Math.max(...run.steps.flatMap((step) => step.pages.map((page) => String(page.ref).length)), 0);
  const wide = Math.max(NARROWEST, 9 * widest);
  const across = (n: number): number => LEFT + (n + 0.5) * wide;
  const [width, height] = [LEFT + run.steps.length * wide + 8, below + lines.length * 20 + 6];
  const path = run.steps.map((step, n) => `${across(n)},${TOP + actors.indexOf(step.actor) * LANE + LANE / 2}`).join(' ');
  return drawing(
    { width, height, class: 'run-chart' },
    'The run; the table below says the same',
    ...run.steps.map((_, n) => s('text', { x: across(n), y: 12, 'text-anchor': 'middle', class: 'layer' }, String(n + 1))),
    ...actors.flatMap((actor, lane) => [
      s('line', { x1: LEFT, x2: width - 8, y1: TOP + lane * LANE + LANE / 2, y2: TOP + lane * LANE + LANE / 2, class: 'grid' }),
      s('text', { x: 0, y: TOP + lane * LANE + LANE / 2, dy: '0.35em' }, actor),
    ]),
    s('polyline', { points: path, class: 'course' }),
    ...run.steps.map((step, n) => mark(step, n, actors.indexOf(step.actor), across(n))),
    ...lines.flatMap(({ frame, of }, n) => counts(run, frame, of, below + n * 20, across)),
  );
}

const stand = (page: RunPage): string =>
  page.ref === 0 && page.flags.length === 0
    ? 'free'
    : [`ref ${page.ref}`, page.pins > 0 ? `pins ${page.pins}` : '', ...page.flags].filter((part) => part !== '').join(' ');

/** The run's chart and its steps in words. */
export function runView(run: MatrixRun, meaning: string, harm: boolean): HTMLElement {
  const shown = frames(run);
  return h(
    'section',
    { class: 'one-run', 'aria-label': `The shortest run to ${run.outcome}` },
    h('h3', { class: harm ? 'value-wrong' : '' }, `${run.outcome}: the shortest run has ${run.steps.length} steps`),
    meaning === '' ? null : h('p', {}, sentence(meaning)),
    run.scenario === ''
      ? null
      : h('p', { class: 'quiet' }, `In the setting “${run.scenario}”.${harm ? '' : ' A correct program can come to this, too.'}`),
    scrolling(`The run to ${run.outcome} as a chart`, chart(run)),
    scrolling(
      `The run to ${run.outcome} in words`,
      h(
        'table',
        { class: 'lines steps' },
        tableHead(['#', 'Who', 'Does', ...shown.map((frame) => `Frame ${frame} then`)]),
        h(
          'tbody',
          {},
          ...run.steps.map((step, n) =>
            h(
              'tr',
              { class: step.mistake ? 'mistake' : null },
              h('td', { class: 'number' }, String(n + 1)),
              h('td', {}, step.actor),
              h(
                'td',
                {},
                step.text,
                step.stands === '' ? null : h('small', { class: 'quiet' }, ` ${step.stands}`),
                step.mistake ? h('b', { class: 'value-wrong' }, ' ← the mistake') : null,
                ...step.notices.map((notice) => h('b', { class: 'value-suspect' }, ` ← noticed: ${notice}`)),
              ),
              ...shown.map((frame) => h('td', {}, step.pages[frame] ? stand(step.pages[frame]) : '')),
            ),
          ),
        ),
      ),
    ),
  );
}
