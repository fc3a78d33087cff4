/** The cells of a site's row. */
import type { PageSite } from '../../src/report/page/data.js';
import type { Column } from '../columns.js';
import { breakable, h } from '../dom.js';

/** Characters that every column has room for in one line. */
const SHORT = 11;
/** What stands in a cell that has nothing to say. */
const NOTHING = '·';

/** The columns whose cells show something else than their text. */
const SPECIAL: Readonly<Record<string, (site: PageSite) => string | HTMLElement>> = {
  where,
  // How many; what they are stands at the site.
  gaps: ({ gaps }) => String(gaps.length || NOTHING),
};

/** The cells of a site in these columns; the first is the link to the site. */
export function cellsOf(site: PageSite, columns: readonly Column[], link: HTMLAnchorElement): HTMLTableCellElement[] {
  return columns.map((column, at) => {
    const text = column.text(site);
    const inside = SPECIAL[column.key]?.(site) ?? partsOf(site, column) ?? (text || (at === 0 ? site.id : NOTHING));
    if (at === 0) link.append(inside);
    const kind = column.kind === 'choice' ? `value-${text.replace(/\W+/g, '-')}` : '';
    return h('td', { class: `c-${column.key} ${kind}`, title: text.length > SHORT ? text : null }, at === 0 ? link : folded(inside));
  });
}

/** What a cell says in parts, in their colours; null where it has none. */
function partsOf(site: PageSite, { parts }: Column): HTMLElement | null {
  const all = parts?.(site) ?? [];
  if (all.length === 0) return null;
  const spans = all.map(({ text, kind }) => h('span', { class: kind && `is-${kind}` }, ...breakable(text)));
  return h('div', { class: 'cell-text' }, ...spans.flatMap((span, n) => (n === 0 ? [span] : [', ', span])));
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

/** A long text takes two lines. */
function folded(text: string | Node): string | Node {
  return typeof text !== 'string' || text.length <= SHORT ? text : h('div', { class: 'cell-text' }, ...breakable(text));
}
