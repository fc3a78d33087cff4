/** What stands above every view. */
import type { Context } from '../context.js';
import { button, h, styled } from '../dom.js';
import { copied } from '../export.js';
import type { State } from '../state.js';
import { nameOf } from '../words.js';
import { chipsOf } from './chips.js';
import { viewLinks } from './navigation.js';
import { toggleScheme } from './scheme.js';

/** What the header's links and buttons do outside of it. */
export interface HeaderActs {
  skip: () => void;
  help: () => void;
  clear: () => void;
}

/** Room above the search while the rest of the header is scrolled away, in pixels. */
const GAP = 4;

/** The header, and how it shows a state. */
export interface Header {
  node: HTMLElement;
  show: (state: State) => void;
}

/** The header around the field of the search. */
export function headerOf(context: Context, search: HTMLElement, { skip, help, clear }: HeaderActs): Header {
  const { tree } = context.data;
  const nav = h('nav', { 'aria-label': 'Views' });
  const chips = h('div', { class: 'chips' });
  const toContent = (event: Event): void => {
    event.preventDefault();
    skip();
  };
  const copyLink = async (): Promise<void> => context.say(await copied(location.href, 'Link copied: it shows what you see'));
  const node = h(
    'header',
    {},
    h('a', { class: 'skip', href: '#main', click: toContent }, 'To the content'),
    h(
      'div',
      { class: 'title' },
      h('strong', {}, 'putright'),
      h('span', { class: 'tree', title: tree }, nameOf(tree)),
      button({ class: 'link', click: copyLink }, 'Copy link'),
      button({ class: 'link', click: help }, 'Words and keys'),
      button({ class: 'link', click: toggleScheme }, 'Dark or light'),
    ),
    h('div', { class: 'bar-line' }, nav, search),
    chips,
  );
  function show(state: State): void {
    nav.replaceChildren(...viewLinks(context, state));
    chips.replaceChildren(...chipsOf(context, state, clear));
  }

  new ResizeObserver(() => {
    const above = search.offsetTop - GAP;
    styled(document.documentElement, { '--above': `${above}px`, '--head': `${node.offsetHeight - above}px` });
  }).observe(node);
  return { node, show };
}
