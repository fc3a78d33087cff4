/** Which sites and findings the reader asked for, in which order. Pure, and fast enough for every keystroke. */
import type { PageFinding, PageSite } from '../src/report/page/data.js';
import { subsystem } from '../src/report/subsystem.js';
import type { Column } from './columns.js';
import { worstFirst } from './findings/severity.js';
import type { State } from './state.js';

/** A finding with what it is looked for by. */
export interface Found {
  finding: PageFinding;
  /** Nothing else on the page has this name: it stands in the address. */
  key: string;
  /** The site that it is about; undefined if this report does not have it. */
  site: PageSite | undefined;
  /** The site where it is, and as if it were where the finding is, which can be in another subsystem; a filter admits either. */
  places: readonly PageSite[];
  /** Everything that free text is looked for in: what it says, its path, and its site. */
  haystack: string;
}

/** The sites and the findings with their texts in lower case, made once. */
export interface Index {
  sites: readonly PageSite[];
  columns: ReadonlyMap<string, Column>;
  /** What the columns say of each site, but for its findings. */
  haystacks: readonly string[];
  /** Worst first. */
  findings: readonly Found[];
  /** The findings of a site, worst first. */
  of: (site: PageSite) => readonly Found[];
}

/** The index of these sites and findings, by what these columns say of them. */
export function indexOf(sites: readonly PageSite[], columns: readonly Column[], findings: readonly PageFinding[] = []): Index {
  const own = columns.filter(({ ofFinding }) => !ofFinding);
  const haystacks = sites.map((site) =>
    own
      .map((column) => column.text(site))
      .join('\n')
      .toLowerCase(),
  );
  const places = new Map(sites.map((site, n) => [site.id, n]));
  const keys = new Map<string, number>();
  const found = worstFirst(findings).map((finding): Found => {
    const place = places.get(finding.site) ?? -1;
    const times = (keys.get(finding.id) ?? 0) + 1;
    keys.set(finding.id, times);
    const haystack = `${textOf(finding).toLowerCase()}\n${haystacks[place] ?? ''}`;
    const site = sites[place];
    return {
      finding,
      key: times === 1 ? finding.id : `${finding.id} ${times}`,
      site,
      places: site ? [site, movedTo(finding, site)] : [],
      haystack,
    };
  });
  const here = new Map<PageSite, Found[]>();
  for (const one of found) if (one.site) here.set(one.site, [...(here.get(one.site) ?? []), one]);
  const columnsByKey = new Map(columns.map((column) => [column.key, column]));
  return { sites, columns: columnsByKey, haystacks, findings: found, of: (site) => here.get(site) ?? [] };
}

function movedTo({ file, line, function: name }: PageFinding, site: PageSite): PageSite {
  return { ...site, file, line, function: name, subsystem: subsystem(file) };
}

/** What a finding says, in one text. */
function textOf({ severity, rule, file, line, function: name, message, path }: PageFinding): string {
  const steps = path.map((step) => `${step.file}:${step.line} ${step.function}() ${step.text}`);
  return [severity, rule, `${file}:${line} ${name}()`, message, ...steps].join('\n');
}

function admits(column: Column, values: readonly string[]): (site: PageSite) => boolean {
  if (column.kind === 'choice') return (site) => column.values?.(site).some((value) => values.includes(value)) ?? false;
  const wanted = values.map((value) => value.toLowerCase());
  return (site) => {
    const text = column.text(site).toLowerCase();
    return wanted.every((value) => text.includes(value));
  };
}

type Asked = Pick<State, 'q' | 'filters'>;

/** Whether each word of a free text occurs in a haystack. */
function matcher(q: string): (haystack: string) => boolean {
  const words = q
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return (haystack) => words.every((word) => haystack.includes(word));
}

/** The columns that are filtered by, with their values, but for that of `except`. */
function filtersOf(index: Index, filters: Asked['filters'], except: string): [column: Column, values: readonly string[]][] {
  return Object.entries(filters).flatMap(([key, values]) => {
    const column = index.columns.get(key);
    return column && key !== except && values.length > 0 ? [[column, values] as [Column, readonly string[]]] : [];
  });
}

/**
 * The sites that all filters admit, but for the filter of `except`. Every word of the free text must occur in what the columns say, or
 * in one of the site's findings: these can lie in other files than the site.
 */
export function select(index: Index, { q, filters }: Asked, except = ''): PageSite[] {
  const matches = matcher(q);
  const tests = filtersOf(index, filters, except).map(([column, values]) => admits(column, values));
  return index.sites.filter(
    (site, n) =>
      (matches(index.haystacks[n] ?? '') || index.of(site).some(({ haystack }) => matches(haystack))) && tests.every((test) => test(site)),
  );
}

/**
 * The findings that all filters admit, but for the filter of `except`: those about findings by themselves, the others by their site, or
 * by where they stand themselves. A finding about no row of this survey is not hidden by a filter on rows.
 */
export function selectFindings(index: Index, { q, filters }: Asked, except = ''): Found[] {
  const matches = matcher(q);
  const asked = filtersOf(index, filters, except);
  const tests = asked.flatMap(([{ ofFinding }, values]) => (ofFinding ? [(one: PageFinding) => values.includes(ofFinding(one))] : []));
  const ofSites = asked.filter(([{ ofFinding }]) => !ofFinding).map(([column, values]) => admits(column, values));
  return index.findings.filter(
    ({ finding, places, haystack }) =>
      matches(haystack) && tests.every((test) => test(finding)) && (places.length === 0 || ofSites.every((test) => places.some(test))),
  );
}

const collator = new Intl.Collator('en', { numeric: true });

/** The sites in the order asked for; those that are equal stay in the order of the survey. */
export function sorted(index: Index, sites: readonly PageSite[], sort: State['sort']): readonly PageSite[] {
  const orders = sort.flatMap(({ column: key, down }) => {
    const column = index.columns.get(key);
    return column ? [{ compare: comparing(sites, column), way: down ? -1 : 1 }] : [];
  });
  if (orders.length === 0) return sites;
  return [...sites].sort((a, b) => {
    for (const { compare, way } of orders) {
      const difference = compare(a, b);
      if (difference !== 0) return way * difference;
    }
    return 0;
  });
}

/** How two of these sites compare by a column: by its numbers, or by its text. */
function comparing(sites: readonly PageSite[], { order, text }: Column): (a: PageSite, b: PageSite) => number {
  if (order) {
    const keys = new Map(sites.map((site) => [site, order(site)]));
    return (a, b) => firstDifference(keys.get(a) ?? [], keys.get(b) ?? []);
  }
  const keys = new Map(sites.map((site) => [site, text(site)]));
  return (a, b) => collator.compare(keys.get(a) ?? '', keys.get(b) ?? '');
}

function firstDifference(some: readonly number[], others: readonly number[]): number {
  return some.map((number, n) => number - (others[n] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

/** How many of these have each value, most frequent first; one of several values counts for each. */
export function countedBy<T>(all: readonly T[], valuesOf: (one: T) => readonly string[]): [value: string, count: number][] {
  const counts = new Map<string, number>();
  for (const one of all) for (const value of new Set(valuesOf(one))) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || collator.compare(a, b));
}

/** How many sites have each value of a column, most frequent first. */
export function tally(sites: readonly PageSite[], column: Column): [value: string, count: number][] {
  return countedBy(sites, (site) => column.values?.(site) ?? []);
}
