/** The figures that the thread argues about, as data: the text writer and the workbook show the same ones. */

import { type Family, family } from '../survey/family.js';
import type { Container, ReleaseForm, Row, Survey } from '../survey/row.js';
import { bySubsystem } from './subsystem.js';

/** One figure: `count` sites of `of`, or of all that are counted. */
export interface Total {
  label: string;
  count: number;
  /** What 100 % is, where a share says more than the count. */
  of?: number;
  /** The reasons or origins behind the figure, most frequent first. */
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
  /** Sites that are converted, of those that take references. */
  done: number;
  of: number;
}

export interface Totals {
  /** Rows that the figures are made of: all but the inside of gup and iov_iter. */
  counted: number;
  /** Rows that are listed but not counted. */
  internal: number;
  groups: TotalGroup[];
  conversion: Conversion[];
}

/** How often each text occurs, most frequent first, ties in the order of the text. */
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

const KINDS: readonly (readonly [Row['kind'], string])[] = [
  ['user', 'users: the function or its file sees to the release'],
  ['wrapper', 'wrappers: callers own what they hand on'],
  ['test', 'tests and self-tests'],
];

const FEEDS: readonly (readonly [Container, string])[] = [
  ['sgl', 'feed a scatterlist (SGL, sk_msg)'],
  ['skb', 'feed an skb'],
  ['bvec', 'feed a bvec or bio'],
  ['pipe', 'feed a pipe'],
  ['pfn', 'keep a pfn or physical address instead of the page'],
  ['page-array', 'hold an array of page pointers'],
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

/** Computes every figure of the survey. */
export function totalsOf(survey: Survey): Totals {
  const rows = survey.sites.filter((row) => row.kind !== 'internal');
  const count = (test: (row: Row) => boolean): number => rows.filter(test).length;
  const families = (wanted: Family): number => count((row) => family(row) === wanted);
  const whole = conversionOf('', rows);
  const mixed = rows.filter((row) => row.mixed);
  const arrays = rows.filter((row) => row.containers.includes('page-array'));
  const reasons = (form: ReleaseForm): string[] =>
    rows.filter((row) => row.releaseForm === form).map((row) => row.releaseReason || 'no reason recorded');

  const groups: TotalGroup[] = [
    {
      title: 'Sites',
      totals: [
        { label: 'sites', count: rows.length },
        ...KINDS.map(([kind, label]) => ({ label, count: count((row) => row.kind === kind) })).filter((total) => total.count > 0),
      ],
    },
    {
      title: 'How they take',
      totals: [
        { label: 'get_user_pages*()', count: families('get') },
        { label: 'pin_user_pages*(), memfd_pin_folios()', count: families('pin') },
        { label: 'iov_iter_get_pages*()', count: families('iterator get') },
        { label: 'iov_iter_extract_pages()', count: families('iterator extract') },
        { label: 'for the long term (FOLL_LONGTERM)', count: count((row) => row.longterm) },
        { label: 'take nothing (no page array: only fault in)', count: count((row) => row.reference === 'none') },
      ],
    },
    {
      title: 'Where the pages go',
      totals: [
        ...FEEDS.map(([container, label]) => ({ label, count: count((row) => row.containers.includes(container)) })),
        { label: 'survive the function in a field', count: count((row) => row.carrier.length > 0) },
      ],
    },
    {
      title: 'How they are released',
      totals: FORMS.map(([form, label]) => ({
        label,
        count: count((row) => row.releaseForm === form),
        ...(form === 'loop-other' ? { tally: tally(reasons(form)) } : {}),
      })),
    },
    {
      title: 'Mixed origins',
      totals: [
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
      ],
    },
    {
      title: 'Conversion from get to pin',
      totals: [
        { label: 'get_user_pages*() and pin_user_pages*() calls that pin', count: whole.pin, of: whole.pin + whole.get },
        { label: 'iov_iter calls that extract', count: whole.extract, of: whole.extract + whole.iteratorGet },
        { label: 'sites that take references, converted', count: whole.done, of: whole.of },
      ],
    },
    {
      title: 'What could not be followed',
      totals: [
        {
          label: 'sites with a gap',
          count: count((row) => row.gaps.length > 0),
          of: rows.length,
          tally: tally(rows.flatMap((row) => row.gaps.map((gap) => gap.why))),
        },
      ],
    },
  ];
  return {
    counted: rows.length,
    internal: survey.sites.length - rows.length,
    groups,
    conversion: bySubsystem(rows).map(([name, members]) => conversionOf(name, members)),
  };
}

/** A share as people write it; whole per cents, and no 100 % or 0 % that is not exact. */
export function share(count: number, of: number): string {
  if (of === 0) return '-';
  const rounded = Math.round((100 * count) / of);
  const honest = count < of ? Math.min(rounded, 99) : rounded;
  return `${count > 0 ? Math.max(honest, 1) : honest} %`;
}
