/** One site: its story with the code, its releases, its findings; next and previous in the order of the sheet. */
import type { PageSite } from '../../src/report/page/data.js';
import type { Context, Shown } from '../context.js';
import { h } from '../dom.js';
import { sheetOrder } from '../sheet/shown.js';
import type { State } from '../state.js';
import { type Place, placeOf, stateOf } from './place.js';
import { steps } from './steps.js';
import { told } from './told.js';

/** Where a key leads to from a site; nowhere from the last or the first. */
const KEYS: Readonly<Record<string, (state: State, place: Place) => State | undefined>> = {
  n: toNext,
  ']': toNext,
  p: toPrevious,
  '[': toPrevious,
  u: toSheet,
  Escape: toSheet,
};

function toNext(state: State, { after }: Place): State | undefined {
  return after && stateOf(state, after);
}

function toPrevious(state: State, { before }: Place): State | undefined {
  return before && stateOf(state, before);
}

function toSheet(state: State): State {
  return { ...state, view: 'sheet' };
}

/** The view of a site. */
export function siteView(context: Context): Shown {
  const node = h('article', { class: 'site' });
  let place = placeOf([], '');

  function update(state: State): void {
    const site = context.byId.get(state.site);
    place = placeOf(sheetOrder(context, state), state.site);
    node.replaceChildren(...(site ? [steps(context, state, place), heading(site), told(context, site)] : missing(context, state)));
    window.scrollTo(0, 0);
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
  return h('h1', {}, `${name}()`, h('small', {}, `${api}() at ${file}:${line}`));
}

function missing(context: Context, state: State): Node[] {
  return [
    h('h1', {}, 'No such site'),
    h('p', {}, `This report has no site ${state.site}.`),
    h('p', {}, h('a', { href: context.link(toSheet(state)) }, 'Back to the sheet')),
  ];
}
