/** The search of the whole page. */
import type { Context } from '../context.js';
import { h } from '../dom.js';

/** The field of the search. */
export function searchField(context: Context): HTMLInputElement {
  const what = context.data.findings ? 'sites and findings' : 'all columns';
  const field: HTMLInputElement = h('input', {
    type: 'search',
    id: 'search',
    'aria-label': `Search ${what}`,
    placeholder: `Search ${what}  ( / )`,
    autocomplete: 'off',
    spellcheck: 'false',
    input: () => context.go({ ...context.state(), q: field.value }, true),
  });
  return field;
}

/** Shows what is searched for, unless the reader is typing it. */
export function showSearch(field: HTMLInputElement, text: string): void {
  if (document.activeElement !== field && field.value !== text) field.value = text;
}
