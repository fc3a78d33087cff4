/** What the reader sees, as it stands in the URL's hash: a link shows what its sender saw. */

/** The names of the views, as they stand in the address. */
export const views = ['overview', 'sheet', 'flow', 'findings', 'compare', 'model', 'site'] as const;
/** The name of a view. */
export type View = (typeof views)[number];

/** A column that is sorted by, and whether the largest comes first. */
export interface Sort {
  column: string;
  down: boolean;
}

/** All that the page shows follows from the data and this. */
export interface State {
  view: View;
  /** Free text. */
  q: string;
  /** Filters by column: any of the values. */
  filters: Readonly<Record<string, readonly string[]>>;
  /** What the sites are sorted by; those that are equal by the first, by the second. */
  sort: readonly Sort[];
  /** Columns of the sheet; null: the usual ones. */
  columns: readonly string[] | null;
  /** Id of the site in the site view. */
  site: string;
  /** Key of the finding that is brought to the reader, in the views that show findings. */
  finding: string;
  /** The view from which the site was reached: the way back leads there. */
  from: View;
  /** `scenario / design` of the run that the model view shows. */
  run: string;
}

/** What a reader sees who comes without a link. */
export const START: State = {
  view: 'overview',
  q: '',
  filters: {},
  sort: [],
  columns: null,
  site: '',
  finding: '',
  from: 'sheet',
  run: '',
};

/** The state as a hash, without what is as at the start. */
export function toHash(state: State): string {
  const parts = new URLSearchParams();
  if (state.view !== START.view) parts.set('view', state.view);
  if (state.site !== '' && state.view === 'site') parts.set('site', state.site);
  if (state.finding !== '' && (state.view === 'site' || state.view === 'findings')) parts.set('finding', state.finding);
  if (state.from !== START.from && state.view === 'site') parts.set('from', state.from);
  if (state.q !== '') parts.set('q', state.q);
  for (const [column, values] of Object.entries(state.filters)) for (const value of values) parts.append(`f.${column}`, value);
  if (state.sort.length > 0) parts.set('sort', state.sort.map(({ column, down }) => `${down ? '-' : ''}${column}`).join(','));
  if (state.columns) parts.set('cols', state.columns.join(','));
  if (state.run !== '' && state.view === 'model') parts.set('run', state.run);
  return `#${parts.toString()}`;
}

/** The state that a hash tells; what it does not know, it leaves as at the start. */
export function fromHash(hash: string, columns: ReadonlySet<string>): State {
  const parts = new URLSearchParams(hash.replace(/^#/, ''));
  const filters: Record<string, string[]> = {};
  for (const [name, value] of parts) {
    const column = name.startsWith('f.') ? name.slice(2) : '';
    if (columns.has(column) && value !== '') filters[column] = [...(filters[column] ?? []), value];
  }
  const chosen =
    parts
      .get('cols')
      ?.split(',')
      .filter((column) => columns.has(column)) ?? [];
  return {
    view: views.find((view) => view === parts.get('view')) ?? START.view,
    q: parts.get('q') ?? '',
    filters,
    sort: sortOf(parts.get('sort') ?? '', columns),
    columns: chosen.length > 0 ? chosen : null,
    site: parts.get('site') ?? '',
    finding: parts.get('finding') ?? '',
    from: views.find((view) => view === parts.get('from') && view !== 'site') ?? START.from,
    run: parts.get('run') ?? '',
  };
}

/** The state that shows a view from its beginning. */
export function atView(state: State, view: View): State {
  return { ...state, view, site: '', finding: '', from: START.from };
}

/** The state that shows a site, and brings a finding of it to the reader if one is named. */
export function atSite(state: State, site: string, finding = ''): State {
  return { ...state, view: 'site', site, finding, from: state.view === 'site' ? state.from : state.view };
}

/** The state of the view from which the site was reached, where the reader was. */
export function backFrom(state: State): State {
  return { ...state, view: state.from, finding: state.from === 'findings' ? state.finding : '', from: START.from };
}

/** The state that the address leads to, with the site that the reader comes from: the view shows where it is. */
export function fromThere(before: State, next: State): State {
  return next.view === 'site' ? next : { ...next, site: before.site };
}

/** The order that a text names; each column once. */
function sortOf(text: string, columns: ReadonlySet<string>): Sort[] {
  const sorts = text.split(',').map((part) => ({ column: part.replace(/^-/, ''), down: part.startsWith('-') }));
  return sorts.filter(({ column }, n) => columns.has(column) && sorts.findIndex((one) => one.column === column) === n);
}

/** Whether the reader asked for some of the sites only. */
export function isFiltered({ q, filters }: State): boolean {
  return q !== '' || Object.keys(filters).length > 0;
}

/** The state with one value of a column's filter put in, or taken out if it is there. */
export function toggled(state: State, column: string, value: string): State {
  const before = state.filters[column] ?? [];
  const values = before.includes(value) ? before.filter((one) => one !== value) : [...before, value];
  return withFilter(state, column, values);
}

/** The state with a column's filter replaced; none if there are no values. */
export function withFilter(state: State, column: string, values: readonly string[]): State {
  const { [column]: _, ...rest } = state.filters;
  return { ...state, filters: values.length > 0 ? { ...rest, [column]: values } : rest };
}
