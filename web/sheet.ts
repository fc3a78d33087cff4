/** The sheet: only the rows in sight are in the page, so that a thousand cost what thirty do. */
import type { PageSite } from '../src/report/page/data.js';
import { type Column, NARROW, USUAL } from './columns.js';
import type { Context, Shown } from './context.js';
import { h, styled } from './dom.js';
import { copy, download, toCsv, toMarkdown } from './export.js';
import { select, sorted, tally } from './query.js';
import { type State, withFilter } from './state.js';

/** Height of a row in pixels; the style sheet has the same. */
const ROW = 46;
/** Rows made beyond the edges of what is in sight. */
const SPARE = 4;

/** The columns that are shown, in the order of all columns. */
export function chosenColumns(context: Context, state: State): Column[] {
  const usual =
    window.innerWidth < 700
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

  const head = h('thead');
  const body = h('tbody');
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

  function drawHead(state: State): void {
    group.replaceChildren(...columns.map((column) => styled(h('col'), { width: `${column.width}px` })));
    styled(table, { width: `${columns.reduce((sum, column) => sum + column.width, 0)}px` });
    head.replaceChildren(
      h(
        'tr',
        {},
        ...columns.map((column) =>
          h('th', { scope: 'col', 'aria-sort': sortOf(state, column), title: column.about || null }, sorter(column)),
        ),
      ),
      h('tr', { class: 'filters' }, ...columns.map((column) => h('td', {}, filterOf(state, column)))),
    );
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

  function filterOf(state: State, column: Column): HTMLElement {
    const label = `Filter by ${column.title}`;
    const values = state.filters[column.key] ?? [];
    if (column.kind !== 'choice') {
      const input: HTMLInputElement = h('input', {
        type: 'search',
        'aria-label': label,
        'data-filter': column.key,
        value: values.join(' '),
        placeholder: 'filter',
        input: () => context.go(withFilter(context.state(), column.key, input.value === '' ? [] : [input.value]), true),
      });
      return input;
    }
    const several = values.length > 1;
    const choice: HTMLSelectElement = h(
      'select',
      {
        'aria-label': label,
        'data-filter': column.key,
        change: () =>
          context.go(withFilter(context.state(), column.key, choice.value === '' ? [] : choice.value === ' ' ? values : [choice.value])),
      },
      h('option', { value: '' }, 'any'),
      several ? h('option', { value: ' ', selected: true }, values.join(' or ')) : null,
      ...tally(context.index.sites, column).map(([value, n]) =>
        h('option', { value, selected: !several && values[0] === value }, `${value} (${n})`),
      ),
    );
    return choice;
  }

  function line(site: PageSite, n: number): HTMLTableRowElement {
    const href = context.link({ ...context.state(), view: 'site', site: site.id });
    return h(
      'tr',
      { 'aria-rowindex': n + 3, class: n === active ? 'active' : null, 'data-row': n },
      ...columns.map((column, at) => {
        const text = column.text(site);
        const inside =
          at === 0
            ? h('a', { href, 'data-row': n }, column.key === 'where' ? where(site) : text || site.id)
            : column.key === 'gaps'
              ? gaps(site)
              : text || '·';
        return h(
          'td',
          {
            class: `c-${column.key} ${column.kind === 'choice' ? `value-${text.replace(/\W+/g, '-')}` : ''}`,
            title: text.length > 18 ? text : null,
          },
          inside,
        );
      }),
    );
  }

  function drawRows(): void {
    const height = view.clientHeight || 600;
    const top = head.offsetHeight;
    const first = Math.max(0, Math.floor((view.scrollTop - top) / ROW) - SPARE);
    const last = Math.min(rows.length, Math.ceil((view.scrollTop + height) / ROW) + SPARE);
    const key = `${first} ${last} ${active}`;
    if (key === drawn) return;
    drawn = key;
    const had =
      document.activeElement instanceof HTMLElement && body.contains(document.activeElement)
        ? document.activeElement.dataset['row']
        : undefined;
    const space = (count: number): Node[] =>
      count > 0
        ? [styled(h('tr', { 'aria-hidden': 'true', class: 'space' }, h('td', { colspan: columns.length })), { height: `${count * ROW}px` })]
        : [];
    body.replaceChildren(...space(first), ...rows.slice(first, last).map((site, n) => line(site, first + n)), ...space(rows.length - last));
    if (had !== undefined) body.querySelector<HTMLElement>(`a[data-row="${Number(had)}"]`)?.focus({ preventScroll: true });
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
    const typing = document.activeElement instanceof HTMLElement ? document.activeElement.dataset['filter'] : undefined;
    const others = next.length !== columns.length || next.some((column, n) => column !== columns[n]);
    columns = next;
    rows = sheetOrder(context, state);
    // While a filter is typed into, it must stay the same node.
    const typed = typing !== undefined && columns.find((column) => column.key === typing)?.kind !== 'choice';
    if (!before || others || (!typed && (before.filters !== state.filters || before.sort !== state.sort))) drawHead(state);
    if (!typed && typing !== undefined) head.querySelector<HTMLElement>(`[data-filter="${typing}"]`)?.focus();
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
    if (rows.length === 0)
      body.replaceChildren(h('tr', {}, h('td', { colspan: columns.length, class: 'quiet' }, 'No site passes all filters.')));
  }

  view.addEventListener('scroll', () => drawRows(), { passive: true });
  // The height is known only once the page is laid out.
  new ResizeObserver(() => drawRows()).observe(view);
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
    h('span', { class: 'leaf' }, `${site.file.slice(slash)}:${site.line}`),
  );
  return h('span', { class: 'where' }, h('b', {}, `${site.function}()`), ' ', place);
}

function gaps(site: PageSite): string {
  return site.gaps.length === 0 ? '·' : `${site.gaps.length}: ${site.gaps[0]?.why ?? ''}`;
}
