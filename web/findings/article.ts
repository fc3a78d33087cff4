/** A finding as it stands in the list of all: its site, and the path that shows it. */
import { story } from '../code.js';
import type { Context } from '../context.js';
import { h, opening } from '../dom.js';
import type { Found } from '../query.js';
import type { State } from '../state.js';
import { sentence } from '../words.js';

/** A finding's article, and how it shows a state. */
export interface Article {
  node: HTMLElement;
  show: (state: State) => void;
}

/** The article of a finding. */
export function articleOf(context: Context, { finding, site }: Found): Article {
  const link = h('a', { class: 'site-link' }, `the site ${site?.function}(), ${site?.api}()`);
  const node = h(
    'article',
    { class: `finding ${finding.severity}` },
    h('h3', {}, `${finding.severity}: ${finding.file}:${finding.line} ${finding.function}()`),
    h('p', {}, sentence(finding.message)),
    site ? h('p', {}, link) : null,
    finding.scenes.length > 0 ? opening('The path that shows it', () => story(context.data, finding.scenes)) : null,
  );
  const show = (state: State): void => {
    link.href = context.link({ ...state, view: 'site', site: finding.site });
  };
  return { node, show };
}
