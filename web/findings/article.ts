/** A finding as it stands in the list of all: its site, and the path that shows it. */
import type { Context } from '../context.js';
import { breakable, h } from '../dom.js';
import type { Found } from '../query.js';
import { atSite, type State } from '../state.js';
import { sentence } from '../words.js';
import type { Place } from './bring.js';
import { copyButton } from './copying.js';
import { pathOf } from './path.js';

/** A finding's article, and how it shows a state. */
export interface Article extends Place {
  show: (state: State) => void;
}

/** The article of a finding; `opened` is told when the reader opens its path. */
export function articleOf(context: Context, found: Found, opened: (key: string) => void): Article {
  const { finding, site, key } = found;
  const link = h('a', { class: 'site-link' }, `the site ${site?.function}(), ${site?.api}()`);
  const heading = h('h3', { tabindex: -1 }, ...breakable(`${finding.severity}: ${finding.file}:${finding.line} ${finding.function}()`));
  const path = finding.scenes.length > 0 ? pathOf(context, found, opened) : null;
  const node = h(
    'article',
    { class: `finding ${finding.severity}` },
    heading,
    h('p', {}, sentence(finding.message)),
    site ? h('p', {}, link) : null,
    copyButton(context, found),
    path?.node,
  );
  const show = (state: State): void => {
    link.href = context.link(atSite(state, finding.site, key));
  };
  return { node, heading, open: () => path?.open(), show };
}
