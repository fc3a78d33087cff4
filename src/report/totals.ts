/** The figures of a survey as data: the text writer and the workbook show the same ones. */

import { type Family, family } from '../survey/family.js';
import type { Container, ReleaseForm, Row, Survey } from '../survey/row.js';
import { bySubsystem } from './subsystem.js';

/** One figure: `count` sites, of `of` or of all that are counted. */
export interface Total {
  label: string;
  count: number;
  /** What makes 100 %, if a share says more than the count. */
  of?: number;
  /** The reasons or origins behind the figure, the most frequent first. */
  tally?: readonly (readonly [what: string, count: number])[];
}

/** Figures that answer one question. */
export interface TotalGroup {
  title: string;
  totals: Total[];
}

/** How far the conversion has come in one subsystem. */
export interface Conversion {
  subsystem: string;
  sites: number;
  pin: number;
  get: number;
  extract: number;
  iteratorGet: number;
  /** Converted sites; `of` counts those that take references. */
  done: number;
  of: number;
}

/** All figures of a survey. */
export interface Totals {
  /** How many rows the figures are made of: all but the inside of gup and iov_iter. */
  counted: number;
  /** How many rows are listed but not counted. */
  internal: number;
  groups: TotalGroup[];
  conversion: Conversion[];
}

/** How often each text occurs, the most frequent first, equal ones by text. */
function tally(texts: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}

function conversionOf(subsystem: string, rows: readonly Row[]): Conversion {
  const taking = rows.filter((row) => row.reference !== 'none');
  const of = (wanted: Family): number => taking.filter((row) => family(row) === wanted).length;
  const [pin, get, extract, iteratorGet] = [of('pin'), of('get'), of('iterator extract'), of('iterator get')];
  return { subsystem, sites: rows.length, pin, get, extract, iteratorGet, done: pin + extract, of: taking.length };
}

/** A table of figures in the order in which they are told: each counts the sites for which its test is true. */
type Counted = readonly (readonly [label: string, holds: (row: Row) => boolean])[];

const KINDS: Counted = [
  ['users: the function or its file sees to the release', (row) => row.kind === 'user'],
  ['wrappers: callers own what they hand on', (row) => row.kind === 'wrapper'],
  ['tests and self-tests', (row) => row.kind === 'test'],
];

const takenBy = (wanted: Family) => (row: Row) => family(row) === wanted;

const TAKES: Counted = [
  ['get_user_pages*()', takenBy('get')],
  ['pin_user_pages*(), memfd_pin_folios()', takenBy('pin')],
  ['iov_iter_get_pages*()', takenBy('iterator get')],
  ['iov_iter_extract_pages()', takenBy('iterator extract')],
  ['for the long term (FOLL_LONGTERM)', (row) => row.longterm],
  ['take nothing (no page array: only fault in)', (row) => row.reference === 'none'],
];

const feeds = (container: Container) => (row: Row) => row.containers.includes(container);

const FEEDS: Counted = [
  ['feed a scatterlist (SGL, sk_msg)', feeds('sgl')],
  ['feed an skb', feeds('skb')],
  ['feed a bvec or bio', feeds('bvec')],
  ['feed a pipe', feeds('pipe')],
  ['keep a pfn or physical address instead of the page', feeds('pfn')],
  ['hold an array of page pointers', feeds('page-array')],
  ['survive the function in a field', (row) => row.carrier.length > 0],
];

const FORMS: readonly (readonly [ReleaseForm, string])[] = [
  ['loop-collapsible', 'release loops that collapse into one put_user_pages*()/unpin_user_pages*() call'],
  ['loop-other', 'release loops that cannot'],
  ['bulk', 'already one bulk call'],
  ['single', 'one page, one call'],
  ['container', 'dropped by the container (bio, skb, pipe)'],
  ['caller', 'dropped by callers, in more than one way'],
  ['none', 'no release found'],
];

const counted = (rows: readonly Row[], table: Counted): Total[] =>
  table.map(([label, holds]) => ({ label, count: rows.filter(holds).length }));

function released(rows: readonly Row[]): Total[] {
  return FORMS.map(([form, label]) => {
    const such = rows.filter((row) => row.releaseForm === form);
    const reasons = such.map((row) => row.releaseReason || 'no reason recorded');
    return { label, count: such.length, ...(form === 'loop-other' ? { tally: tally(reasons) } : {}) };
  });
}

function mixedIn(rows: readonly Row[]): Total[] {
  const arrays = rows.filter(feeds('page-array'));
  const mixed = rows.filter((row) => row.mixed);
  return [
    {
      label: 'page arrays that can also hold pages from elsewhere',
      count: arrays.filter((row) => row.mixed).length,
      of: arrays.length,
    },
    {
      label: 'sites whose container, of whatever kind, can',
      count: mixed.length,
      of: rows.length,
      tally: tally(mixed.flatMap((row) => row.mixedWith)),
    },
  ];
}

function converted(rows: readonly Row[]): Total[] {
  const whole = conversionOf('', rows);
  return [
    { label: 'get_user_pages*() and pin_user_pages*() calls that pin', count: whole.pin, of: whole.pin + whole.get },
    { label: 'iov_iter calls that extract', count: whole.extract, of: whole.extract + whole.iteratorGet },
    { label: 'sites that take references, converted', count: whole.done, of: whole.of },
  ];
}

function unfollowed(rows: readonly Row[]): Total[] {
  const lost = rows.filter((row) => row.gaps.length > 0);
  const reasons = lost.flatMap((row) => row.gaps.map((gap) => gap.why));
  return [{ label: 'sites with a gap', count: lost.length, of: rows.length, tally: tally(reasons) }];
}

/** The groups of figures, in their order. A new question is a line of this table. */
const GROUPS: readonly { title: string; totals: (rows: readonly Row[]) => Total[] }[] = [
  {
    title: 'Sites',
    totals: (rows) => [{ label: 'sites', count: rows.length }, ...counted(rows, KINDS).filter(({ count }) => count > 0)],
  },
  { title: 'How they take', totals: (rows) => counted(rows, TAKES) },
  { title: 'Where the pages go', totals: (rows) => counted(rows, FEEDS) },
  { title: 'How they are released', totals: released },
  { title: 'Mixed origins', totals: mixedIn },
  { title: 'Conversion from get to pin', totals: converted },
  { title: 'What could not be followed', totals: unfollowed },
];

/** Computes every figure of the survey. */
export function totalsOf(survey: Survey): Totals {
  const rows = survey.sites.filter((row) => row.kind !== 'internal');
  return {
    counted: rows.length,
    internal: survey.sites.length - rows.length,
    groups: GROUPS.map(({ title, totals }) => ({ title, totals: totals(rows) })),
    conversion: bySubsystem(rows).map(([name, members]) => conversionOf(name, members)),
  };
}

/** A share in whole per cents; 100 % and 0 % only where that is exact. */
export function share(count: number, of: number): string {
  if (of === 0) return '-';
  const rounded = Math.round((100 * count) / of);
  const honest = count < of ? Math.min(rounded, 99) : rounded;
  return `${count > 0 ? Math.max(honest, 1) : honest} %`;
}
