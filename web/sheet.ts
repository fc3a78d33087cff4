/** The sheet: only the rows in sight are in the page, so that a thousand cost what thirty do. */
import type { PageSite } from '../src/report/page/data.js';
import { type Column, NARROW, USUAL } from './columns.js';
import type { Context, Shown } from './context.js';
import { breakable, h, listenWhile, settleChildren, styled } from './dom.js';
import { copy, download, toCsv, toMarkdown } from './export.js';
import { select, sorted, tally } from './query.js';
import { type State, withFilter } from './state.js';

/** A row in the page. */
interface Line {
  row: HTMLTableRowElement;
  /** Tells it its place. */
  number: (n: number) => void;
}

/** Characters that every column has room for in one line. */
const SHORT = 12;
/** The value of a choice that stands for several. */
const SEVERAL = ' ';
/** Height of a row in pixels; the style sheet has the same. */
const ROW = 46;
/** Rows made beyond the edges of what is in sight. */
const SPARE = 4;

/** The columns that are shown, in the order of all columns. */
export function chosenColumns(context: Context, state: State): Column[] {
  const usual = narrow()
    ? NARROW
    : [...USUAL, ...(context.data.findings ? ['findings'] : []), ...(context.data.progress ? ['change'] : [])];
  const wanted = new Set(state.columns ?? usual);
  return context.columns.filter((column) => wanted.has(column.key));
}

/** The sites of the sheet in its order: what next and previous go through. */
export function sheetOrder(context: Context, state: State): readonly PageSite[] {
  return sorted(context.index, select(context.index, state), state.sort);
}

export function sheet(context: Context): Shown {
  let columns = chosenColumns(context, context.state());
  let rows: readonly PageSite[] = [];
  /** The row that the keys move, and whether it has the focus. */
  let active = 0;
  let drawn = '';
  let printing = false;

  const head = h('thead');
  const body = h('tbody');
  const none = h('tr');
  const group = h('colgroup');
  const table = h('table', { class: 'sheet' }, h('caption', { class: 'unseen' }, 'Sites'), group, head, body);
  const view = h(
    'div',
    { class: 'scroll sheet-scroll', tabindex: 0, role: 'region', 'aria-label': 'The sheet; arrow keys move, Enter opens a site' },
    table,
  );
  const count = h('p', { class: 'count-line', role: 'status' });
  const summary = h('summary', {});
  const choice = columnChoice();
  const node = h('div', { class: 'sheet-view', click: closeChoice }, toolbar(), view);

  function closeChoice(event: Event): void {
    if (event.target instanceof Node && !choice.contains(event.target)) choice.open = false;
  }

  function toolbar(): HTMLElement {
    const now = (): readonly PageSite[] => rows;
    return h(
      'div',
      { class: 'toolbar' },
      count,
      choice,
      button('Copy as Markdown', async () => {
        const done = await copy(toMarkdown(now(), columns));
        context.say(done ? `${now().length} rows copied as Markdown` : 'The browser did not allow copying');
      }),
      button('Download CSV', () => {
        // All columns: a file is for working on.
        download('putright.csv', 'text/csv;charset=utf-8', toCsv(now(), context.columns));
        context.say(`${now().length} rows written as CSV`);
      }),
      button('Copy link', async () => {
        const done = await copy(location.href);
        context.say(done ? 'Link copied: it shows what you see' : 'The browser did not allow copying');
      }),
    );
  }

  function columnChoice(): HTMLDetailsElement {
    const boxes = context.columns.map((column) =>
      h(
        'label',
        {},
        h('input', {
          type: 'checkbox',
          value: column.key,
          checked: columns.includes(column),
          change: () => {
            const keys = boxes.map((label) => label.querySelector('input')).flatMap((box) => (box?.checked ? [box.value] : []));
            if (keys.length > 0) context.go({ ...context.state(), columns: keys });
          },
        }),
        ` ${column.title}`,
      ),
    );
    const usual = button('The usual ones', () => {
      context.go({ ...context.state(), columns: null });
      const shown = new Set(columns);
      context.columns.forEach((column, n) => {
        const box = boxes[n]?.querySelector('input');
        if (box) box.checked = shown.has(column);
      });
    });
    return h('details', { class: 'choice' }, summary, h('div', { class: 'popup' }, ...boxes, usual));
  }

  /** The head's cells with what they show of the state, in the order of the columns. */
  let heads: { show: (state: State) => void }[] = [];

  /** Made only for other columns: a filter that is being typed into must stay the same node, and making them all takes long. */
  function drawHead(): void {
    group.replaceChildren(...columns.map((column) => styled(h('col'), { width: `${widthOf(column)}px` })));
    styled(table, { '--width': `${columns.reduce((sum, column) => sum + widthOf(column), 0)}px` });
    const titles = columns.map((column) => h('th', { scope: 'col', title: column.about || null }, sorter(column)));
    const filters = columns.map(filterOf);
    heads = columns.map((column, n) => ({
      show: (state) => {
        titles[n]?.setAttribute('aria-sort', sortOf(state, column));
        filters[n]?.show(state.filters[column.key] ?? []);
      },
    }));
    head.replaceChildren(h('tr', {}, ...titles), h('tr', { class: 'filters' }, ...filters.map(({ field }) => h('td', {}, field))));
  }

  function sorter(column: Column): HTMLElement {
    return button(column.title, () => {
      const { sort } = context.state();
      // Up, down, and back to the order of the tree.
      const next =
        sort?.column !== column.key ? { column: column.key, down: false } : sort.down ? null : { column: column.key, down: true };
      context.go({ ...context.state(), sort: next });
    });
  }

  /** A column's filter, and how it shows the values that are filtered by. */
  function filterOf(column: Column): { field: HTMLElement; show: (values: readonly string[]) => void } {
    const label = `Filter by ${column.title}`;
    const filter = (values: readonly string[], quiet = false): void => context.go(withFilter(context.state(), column.key, values), quiet);
    if (column.kind !== 'choice') {
      const input: HTMLInputElement = h('input', {
        type: 'search',
        'aria-label': label,
        'data-filter': column.key,
        placeholder: 'filter',
        input: () => filter(input.value === '' ? [] : [input.value], true),
      });
      const show = (values: readonly string[]): void => {
        if (document.activeElement !== input) input.value = values.join(' ');
      };
      return { field: input, show };
    }
    const several = h('option', { value: SEVERAL });
    const choice: HTMLSelectElement = h(
      'select',
      {
        'aria-label': label,
        'data-filter': column.key,
        change: () => {
          if (choice.value !== SEVERAL) filter(choice.value === '' ? [] : [choice.value]);
        },
      },
      h('option', { value: '' }, 'any'),
      ...tally(context.index.sites, column).map(([value, n]) => h('option', { value }, `${value} (${n})`)),
    );
    const show = (values: readonly string[]): void => {
      if (values.length > 1) {
        several.textContent = values.join(' or ');
        choice.prepend(several);
      } else several.remove();
      choice.value = values.length > 1 ? SEVERAL : (values[0] ?? '');
    };
    return { field: choice, show };
  }

  /** A site's row; `number` tells it where in the sheet it stands now. */
  function line(site: PageSite): Line {
    const link = h('a');
    const cells = columns.map((column, at) => {
      const text = column.text(site);
      const shown = column.key === 'where' ? where(site) : text || (at === 0 ? site.id : '·');
      const inside = column.key === 'gaps' ? gaps(site) : shown;
      const kind = column.kind === 'choice' ? `value-${text.replace(/\W+/g, '-')}` : '';
      if (at === 0) link.append(inside);
      return h('td', { class: `c-${column.key} ${kind}`, title: text.length > SHORT ? text : null }, at === 0 ? link : folded(inside));
    });
    const row = h('tr', {}, ...cells);
    const number = (n: number): void => {
      link.href = context.link({ ...context.state(), view: 'site', site: site.id });
      link.dataset['row'] = String(n);
      row.setAttribute('aria-rowindex', String(n + 3));
      row.classList.toggle('active', n === active);
    };
    return { row, number };
  }

  /** The rows that are in the page: a site that stays in sight, while the reader scrolls or types, keeps its row. */
  let made = new Map<PageSite, Line>();
  const above = h('tr', { 'aria-hidden': 'true', class: 'space' }, h('td'));
  const below = h('tr', { 'aria-hidden': 'true', class: 'space' }, h('td'));

  /** What is in sight, with some to spare; all of it on paper. */
  function sight(): [first: number, last: number] {
    if (printing) return [0, rows.length];
    const height = view.clientHeight || 600;
    const top = view.scrollTop - head.offsetHeight;
    return [Math.max(0, Math.floor(top / ROW) - SPARE), Math.min(rows.length, Math.ceil((view.scrollTop + height) / ROW) + SPARE)];
  }

  function drawRows(): void {
    const [first, last] = sight();
    const key = `${first} ${last} ${active}`;
    if (key === drawn) return;
    drawn = key;
    const focused = document.activeElement instanceof HTMLElement && body.contains(document.activeElement) ? document.activeElement : null;
    const at = focused?.dataset['row'];
    const shown = rows.slice(first, last).map((site) => [site, made.get(site) ?? line(site)] as const);
    shown.forEach(([, one], n) => {
      one.number(first + n);
    });
    made = new Map(shown);
    styled(above, { height: `${first * ROW}px` });
    styled(below, { height: `${(rows.length - last) * ROW}px` });
    settleChildren(body, rows.length === 0 ? [none] : [above, ...shown.map(([, { row }]) => row), below]);
    if (at !== undefined && document.activeElement !== focused)
      body.querySelector<HTMLElement>(`a[data-row="${Number(at)}"]`)?.focus({ preventScroll: true });
  }

  /** Moves the reader's row, and the sheet as far as needed to see it. */
  function move(to: number): void {
    if (rows.length === 0) return;
    active = Math.max(0, Math.min(rows.length - 1, to));
    const top = active * ROW;
    const room = view.clientHeight - head.offsetHeight;
    if (top < view.scrollTop) view.scrollTop = top;
    else if (top + ROW > view.scrollTop + room) view.scrollTop = top + ROW - room;
    drawRows();
    body.querySelector<HTMLElement>(`a[data-row="${active}"]`)?.focus({ preventScroll: true });
  }

  let before: State | null = null;
  function update(state: State): void {
    const next = chosenColumns(context, state);
    const others = next.length !== columns.length || next.some((column, n) => column !== columns[n]);
    columns = next;
    rows = sheetOrder(context, state);
    if (!before || others) {
      made = new Map();
      none.replaceChildren(h('td', { colspan: columns.length, class: 'quiet' }, 'No site passes all filters.'));
      drawHead();
    }
    for (const one of heads) one.show(state);
    if (before && (before.filters !== state.filters || before.q !== state.q || before.sort !== state.sort)) {
      active = 0;
      view.scrollTop = 0;
    }
    before = state;
    summary.textContent = `Columns (${columns.length} of ${context.columns.length})`;
    const all = context.index.sites.length;
    count.textContent = rows.length === all ? `${all} sites` : `${rows.length} of ${all} sites`;
    table.setAttribute('aria-rowcount', String(rows.length + 2));
    drawn = '';
    drawRows();
  }

  view.addEventListener('scroll', () => drawRows(), { passive: true });
  // The height is known only once the page is laid out.
  new ResizeObserver(() => drawRows()).observe(view);
  const print = (now: boolean) => (): void => {
    printing = now;
    drawRows();
  };
  listenWhile(node, 'beforeprint', print(true));
  listenWhile(node, 'afterprint', print(false));
  update(context.state());
  const wanted = rows.findIndex((site) => site.id === context.state().site);
  if (wanted > 0) requestAnimationFrame(() => move(wanted));

  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => move(active + (body.contains(document.activeElement) ? 1 : 0)),
    j: () => move(active + (body.contains(document.activeElement) ? 1 : 0)),
    ArrowUp: () => move(active - 1),
    k: () => move(active - 1),
    PageDown: () => move(active + 15),
    PageUp: () => move(active - 15),
    Home: () => move(0),
    End: () => move(rows.length - 1),
    Enter: () => {
      const site = rows[active];
      if (site) context.go({ ...context.state(), view: 'site', site: site.id });
    },
  };
  return {
    node,
    update,
    key: (event) => {
      const act = keys[event.key];
      // A focused link or button takes Enter itself.
      if (!act || (event.key === 'Enter' && event.target instanceof Element && event.target.closest('a, button, summary'))) return false;
      act();
      return true;
    },
  };
}

function sortOf({ sort }: State, column: Column): string {
  if (sort?.column !== column.key) return 'none';
  return sort.down ? 'descending' : 'ascending';
}

function button(text: string, click: () => void): HTMLButtonElement {
  return h('button', { type: 'button', click }, text);
}

/** The function, and below it the place; the end of a path says most, so that its beginning is cut. */
function where(site: PageSite): HTMLElement {
  const slash = site.file.lastIndexOf('/') + 1;
  const place = h(
    'span',
    { class: 'place' },
    h('span', { class: 'folder' }, site.file.slice(0, slash)),
    h('span', { class: 'leaf' }, site.file.slice(slash)),
    h('span', {}, `:${site.line}`),
  );
  return h('span', { class: 'where' }, h('b', {}, `${site.function}()`), ' ', place);
}

/** How many; what they are stands at the site. */
const gaps = (site: PageSite): string => (site.gaps.length === 0 ? '·' : String(site.gaps.length));

/** A long text takes two lines. */
function folded(text: string | Node): string | Node {
  return typeof text !== 'string' || text.length <= SHORT ? text : h('div', { class: 'cell-text' }, ...breakable(text));
}

/** The first column is pinned, and leaves a narrow page room for others. */
const widthOf = (column: Column): number => (column.key === 'where' && narrow() ? 180 : column.width);
const narrow = (): boolean => window.innerWidth < 700;
