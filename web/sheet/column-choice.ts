/** Which columns the sheet has: a list that opens. */
import type { Context } from '../context.js';
import { button, h } from '../dom.js';
import { chosenColumns } from './shown.js';

/** The list of all columns: how it says which are shown, and how a click beside it or a key closes it. */
export interface ColumnChoice {
  node: HTMLDetailsElement;
  show: (shown: number) => void;
  closeBeside: (event: Event) => void;
  /** Closes it; false if it was closed. */
  close: () => boolean;
}

/** The list of all columns, each with a box that shows and hides it. */
export function columnChoice(context: Context): ColumnChoice {
  const boxes = context.columns.map(({ key }) => h('input', { type: 'checkbox', value: key, change: choose }));
  const labels = context.columns.map(({ title, about }, n) => h('label', { title: about }, boxes[n], ` ${title}`));
  const summary = h('summary', {});
  const popup = h('div', { class: 'popup' }, ...labels, button({ click: chooseUsual }, 'The usual ones'));
  const node = h('details', { class: 'choice', keydown: leave }, summary, popup);

  function close(): boolean {
    if (!node.open) return false;
    node.open = false;
    summary.focus();
    return true;
  }

  /** Also where a box has the focus: the page would only take it away from there. */
  function leave(event: Event): void {
    if (event instanceof KeyboardEvent && event.key === 'Escape' && close()) event.preventDefault();
  }

  function tick(): void {
    const shown = new Set(chosenColumns(context, context.state()).map(({ key }) => key));
    for (const box of boxes) box.checked = shown.has(box.value);
  }

  function choose(): void {
    const columns = boxes.filter((box) => box.checked).map((box) => box.value);
    if (columns.length > 0) context.go({ ...context.state(), columns });
  }

  function chooseUsual(): void {
    context.go({ ...context.state(), columns: null });
  }

  return {
    node,
    close,
    show: (shown) => {
      tick();
      summary.textContent = `Columns (${shown} of ${context.columns.length})`;
    },
    closeBeside: ({ target }) => {
      if (target instanceof Node && !node.contains(target)) node.open = false;
    },
  };
}
