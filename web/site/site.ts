/** One site: its story with the code, its releases, its findings; next and previous in the order of the sheet. */
import type { PageSite } from '../../src/report/page/data.js';
import type { Context, Shown } from '../context.js';
import { breakable, h } from '../dom.js';
import { sheetOrder } from '../sheet/shown.js';
import { atSite, atView, backFrom, type State } from '../state.js';
import { type Place, placeOf } from './place.js';
import { steps } from './steps.js';
import { type Told, told } from './told.js';

/** Where a key leads to from a site; nowhere from the last or the first. */
const KEYS: Readonly<Record<string, (state: State, place: Place) => State | undefined>> = {
  n: toNext,
  ']': toNext,
  p: toPrevious,
  '[': toPrevious,
  u: backFrom,
  Escape: backFrom,
};

function toNext(state: State, { after }: Place): State | undefined {
  return after && atSite(state, after.id);
}

function toPrevious(state: State, { before }: Place): State | undefined {
  return before && atSite(state, before.id);
}

/** The view of a site. */
export function siteView(context: Context): Shown {
  const way = h('div');
  const page = h('div');
  const node = h('article', { class: 'site' }, way, page);
  let place = placeOf([], '');
  let shown: { site: string; told: Told | null } = { site: '', told: null };

  function update(state: State): void {
    const site = context.byId.get(state.site);
    place = placeOf(sheetOrder(context, state), state.site);
    way.replaceChildren(...(site ? [steps(context, state, place)] : []));
    // What the reader opened at a site stays open while she goes through its findings.
    if (!site || state.site !== shown.site) {
      shown = { site: state.site, told: site ? told(context, site) : null };
      page.replaceChildren(...(site && shown.told ? [heading(site), shown.told.node] : missing(context, state)));
      window.scrollTo(0, 0);
    }
    shown.told?.show(state);
  }

  function key(event: KeyboardEvent): boolean {
    const next = KEYS[event.key]?.(context.state(), place);
    if (next) context.go(next);
    return next !== undefined;
  }

  update(context.state());
  return { node, update, key };
}

function heading({ function: name, api, file, line }: PageSite): HTMLElement {
  return h('h1', {}, ...breakable(`${name}()`), h('small', {}, ...breakable(`${api}() at ${file}:${line}`)));
}

function missing(context: Context, state: State): Node[] {
  return [
    h('h1', {}, 'No such site'),
    h('p', {}, `This report has no site ${state.site}.`),
    h('p', {}, h('a', { href: context.link(atView(state, 'sheet')) }, 'Back to the sheet')),
  ];
}
