/** The path of a finding, which opens. */
import { story } from '../code.js';
import type { Context } from '../context.js';
import { h } from '../dom.js';
import type { Found } from '../query.js';

/** A path in the page, and how it is opened by others than the reader. */
export interface Path {
  node: HTMLDetailsElement;
  open: () => void;
}

/**
 * The path of a finding; its inside is made when it first opens, since most readers open few. `opened` is told the finding's key when
 * the reader opens it, and nothing when the reader closes it.
 */
export function pathOf({ data }: Context, { finding, key }: Found, opened: (key: string) => void): Path {
  // The click comes before what it does.
  const summary = h('summary', { click: () => opened(node.open ? '' : key) }, 'The path that shows it');
  const node: HTMLDetailsElement = h('details', { toggle: fill }, summary);

  function fill(): void {
    if (node.open && node.children.length === 1) node.append(story(data, finding.scenes));
  }

  function open(): void {
    node.open = true;
    fill();
  }
  return { node, open };
}
