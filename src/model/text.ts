/** Writes the matrix and a run as text. */
import type { PageView, Run } from './explain.js';
import type { Cell, Matrix, Search } from './matrix.js';
import { misuses } from './misuses.js';
import { notices } from './notices.js';
import { outcomes } from './outcomes.js';
import { repeated, settings } from './settings.js';

const number = (value: number): string => Math.round(value).toLocaleString('en-GB');

/** Returns the lines of a cell: each outcome, then how reliably the design notices. */
export function cellLines(cell: Cell): string[] {
  if (cell.notices === 'compiler') return ['does not compile'];
  const names = cell.outcomes.map((outcome) => (cell.misuse !== 'none' && cell.alsoCorrect.includes(outcome) ? `(${outcome})` : outcome));
  const none = cell.finished ? 'nothing' : 'cut short';
  const lines = names.length > 0 ? names : [none];
  if (cell.criesWolf) {
    const { warns, falsePin } = cell.criesWolf;
    if (warns || falsePin) lines.push(warns ? 'CRIES WOLF' : 'false pin');
  } else {
    lines.push(`${cell.notices}${cell.notices === 'never' ? '' : ` ${cell.noticed}/${cell.mistaken}`}`);
    if (cell.noticedDebug !== cell.noticed) lines.push(`debug: ${cell.noticesDebug} ${cell.noticedDebug}/${cell.mistaken}`);
  }
  if (!cell.finished && names.length > 0) lines.push('cut short');
  return lines;
}

/** A table with a row for each misuse and a column for each design, with the lines that `lines` returns for each cell. */
function table(matrix: Matrix, columns: readonly string[], label: number, lines: (cell: Cell) => readonly string[]): string[] {
  const rows = matrix.misuses.map((misuse) => ({
    name: misuse,
    cells: columns.map((design) => lines(matrix.cells.find((cell) => cell.misuse === misuse && cell.design === design)!)),
  }));
  const widths = columns.map((design, n) => Math.max(design.length, ...rows.flatMap(({ cells }) => cells[n]!.map((line) => line.length))));
  const line = (first: string, rest: readonly string[]) =>
    `${first.padEnd(label)}  ${rest.map((text, n) => text.padEnd(widths[n]!)).join('  ')}`.trimEnd();
  const tall = rows.some(({ cells }) => cells.some(({ length }) => length > 1));
  const out = [line('', columns)];
  for (const { name, cells } of rows) {
    if (tall) out.push('');
    const height = Math.max(...cells.map(({ length }) => length));
    for (let n = 0; n < height; n++)
      out.push(
        line(
          n === 0 ? name : '',
          cells.map((texts) => texts[n] ?? ''),
        ),
      );
  }
  return out;
}

/** Writes the matrix, as many columns side by side as fit. */
export function matrixText(matrix: Matrix, width = 140): string {
  const label = Math.max(...matrix.misuses.map(({ length }) => length));
  const each = 26;
  const fit = Math.max(1, Math.floor((width - label) / each));
  const out: string[] = [];
  for (let n = 0; n < matrix.designs.length; n += fit)
    out.push(...table(matrix, matrix.designs.slice(n, n + fit), label, cellLines), '', '');
  out.push('What can happen:');
  for (const [name, about] of Object.entries(outcomes)) out.push(`  ${name.padEnd(23)}  ${about}`);
  out.push('  (in brackets)            it happens in a correct program of this design too');
  out.push('  nothing                  none of these; the search is finished');
  out.push('Below: how reliably the design notices. 7/40: in 7 of the 40 distinct end states of runs in which the mistake was made.');
  out.push('debug: the same in a kernel that was built or booted for debugging, where it says more.');
  out.push('false pin: a page without any pin was taken for pinned. CRIES WOLF: it warned of a correct program.', '', 'The mistakes:');
  for (const { name, about } of misuses.filter((misuse) => matrix.misuses.includes(misuse.name)))
    out.push(`  ${name.padEnd(label)}  ${about}`);
  out.push('', ...assumptions(matrix, label), '', ...totals(matrix));
  return `${out.join('\n')}\n`;
}

/** What the cells assumed: the largest sizes of each cell's searches, and which settings were used. */
function assumptions(matrix: Matrix, label: number): string[] {
  const most = (cell: Cell, pick: (search: Search) => number): number => Math.max(0, ...cell.searches.map(pick));
  const sizes = (cell: Cell): string[] =>
    cell.searches.length === 0
      ? ['not run']
      : [
          [
            most(cell, (s) => s.pages),
            most(cell, (s) => s.frames),
            most(cell, (s) => s.actors),
            most(cell, (s) => s.steps),
            number(sum(cell)),
          ].join(' '),
        ];
  const sum = (cell: Cell): number => cell.searches.reduce((all, { states }) => all + states, 0);
  const run = new Set(matrix.cells.flatMap((cell) => cell.searches.map(({ setting }) => setting)));
  const known = [...settings, repeated];
  const longest = Math.max(...known.map(({ name }) => name.length));
  const told = (one: (typeof known)[number]): string => `  ${one.name.padEnd(longest)}  ${one.about}`;
  const left = settings.filter(({ name, correctOnly }) => !run.has(name) && !(correctOnly && !matrix.misuses.includes('none')));
  return [
    'What each cell assumed: pages of the user, page frames, actors, steps of all programs (each the most of any setting), states in all settings',
    ...table(matrix, matrix.designs, label, sizes),
    '',
    'One driver with its device, in each of these settings:',
    ...known.filter(({ name }) => run.has(name)).map(told),
    ...(left.length > 0 ? ['Left out, since they need more actors:', ...left.map(told)] : []),
  ];
}

function totals(matrix: Matrix): string[] {
  const searches = matrix.cells.flatMap((cell) => cell.searches);
  const cut = searches.filter(({ finished }) => !finished).length;
  const rate = matrix.states / Math.max(matrix.seconds, 1e-6);
  return [
    `${number(searches.length)} searches, ${number(matrix.states)} states, ${number(matrix.transitions)} transitions in ${matrix.seconds.toFixed(1)} s: ${number(rate)} states/s`,
    cut === 0
      ? 'Every search was finished.'
      : `${cut} of the searches were cut short by --max-states: where a cell says so, what it does not name may still happen.`,
  ];
}

/** A page's counts in a few characters. */
function pageText(page: PageView): string {
  const pins = page.pins === 0 ? '' : ` pins ${page.pins}`;
  return page.flags.includes('free') && page.ref === 0
    ? 'free'
    : `ref ${page.ref}${pins} map ${page.mapcount}${page.flags.map((flag) => ` ${flag}`).join('')}`;
}

/**
 * Writes a run: a line per step, indented by actor, followed by the counts of each page frame.
 * @param question the question that it answers
 */
export function runText(run: Run, title: string, question?: string): string {
  const shown = run.start
    .map((_, n) => n)
    .filter((n) => run.steps.some((step) => pageText(step.pages[n]!) !== 'free') || pageText(run.start[n]!) !== 'free');
  const actors = run.actors.filter((name) => run.steps.some(({ actor }) => actor === name));
  const indent = 2;
  const says = run.steps.map((step) => `${' '.repeat(indent * actors.indexOf(step.actor))}${step.actor}: ${step.text}`);
  const width = Math.max(10, ...says.map(({ length }) => length));
  const views = [run.start, ...run.steps.map(({ pages }) => pages)].map((pages) => shown.map((n) => pageText(pages[n]!)));
  const widths = shown.map((_, n) => Math.max(7, ...views.map((view) => view[n]!.length)));
  const counts = (view: readonly string[]) =>
    view
      .map((text, n) => text.padEnd(widths[n]!))
      .join('  ')
      .trimEnd();
  const out = [
    title,
    ...(question === undefined ? [] : [`Asked: ${question}`]),
    '',
    `      ${'step'.padEnd(width)}  ${shown.map((n, i) => `frame ${n}`.padEnd(widths[i]!)).join('  ')}`.trimEnd(),
  ];
  out.push(`      ${'(start)'.padEnd(width)}  ${counts(views[0]!)}`);
  run.steps.forEach((step, n) => {
    const marks = `${step.mistake ? '  <- the mistake' : ''}${step.notices.map((notice) => `  !! ${notices[notice].about}`).join('')}`;
    out.push(`${String(n + 1).padStart(4)}  ${says[n]!.padEnd(width)}  ${counts(views[n + 1]!)}${marks}`);
  });
  out.push(
    '',
    `In the end: ${run.outcomes.length > 0 ? run.outcomes.map((outcome) => `${outcome}: ${outcomes[outcome]}`).join('\n            ') : 'nothing went wrong'}`,
  );
  return `${out.join('\n')}\n`;
}
