/** Which sites the reader asked for, in which order. Pure, and fast enough for every keystroke. */
import type { PageSite } from '../src/report/page/data.js';
import type { Column } from './columns.js';
import type { State } from './state.js';

/** The sites with their texts in lower case, made once. */
export interface Index {
  sites: readonly PageSite[];
  columns: ReadonlyMap<string, Column>;
  /** Everything that free text is looked for in. */
  haystacks: readonly string[];
}

/** The index of these sites, by what these columns say of them. */
export function indexOf(sites: readonly PageSite[], columns: readonly Column[]): Index {
  const haystacks = sites.map((site) =>
    columns
      .map((column) => column.text(site))
      .join('\n')
      .toLowerCase(),
  );
  return { sites, columns: new Map(columns.map((column) => [column.key, column])), haystacks };
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

/** The sites that all filters admit, but for the filter of `except`. Every word of the free text must occur. */
export function select(index: Index, { q, filters }: Asked, except = ''): PageSite[] {
  const words = q
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const tests = Object.entries(filters).flatMap(([key, values]) => {
    const column = index.columns.get(key);
    return column && key !== except && values.length > 0 ? [admits(column, values)] : [];
  });
  return index.sites.filter((site, n) => {
    const text = index.haystacks[n] ?? '';
    return words.every((word) => text.includes(word)) && tests.every((test) => test(site));
  });
}

const collator = new Intl.Collator('en', { numeric: true });

/** The sites in the order asked for; those that are equal stay in the order of the survey. */
export function sorted(index: Index, sites: readonly PageSite[], sort: State['sort']): readonly PageSite[] {
  const column = sort ? index.columns.get(sort.column) : undefined;
  if (!sort || !column) return sites;
  const keys = new Map(sites.map((site) => [site, column.text(site)]));
  const way = sort.down ? -1 : 1;
  return [...sites].sort((a, b) => way * collator.compare(keys.get(a) ?? '', keys.get(b) ?? ''));
}

/** How many sites have each value of a column, most frequent first. */
export function tally(sites: readonly PageSite[], column: Column): [value: string, count: number][] {
  const counts = new Map<string, number>();
  for (const site of sites) for (const value of new Set(column.values?.(site) ?? [])) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || collator.compare(a, b));
}
