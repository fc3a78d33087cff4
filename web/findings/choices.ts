/** The severities and the rules of the findings, each a button that filters by it. */
import type { Column } from '../columns.js';
import type { Context } from '../context.js';
import { button, h, settleChildren } from '../dom.js';
import { selectFindings } from '../query.js';
import { type State, toggled } from '../state.js';

/** The buttons of a column's values, and how they show a state. */
export interface Choices {
  node: HTMLElement;
  show: (state: State) => void;
}

/** The buttons of a column about findings; nothing where there is no such column. */
export function choicesOf(context: Context, key: string): Choices[] {
  const column = context.index.columns.get(key);
  return column?.ofFinding ? [listOf(context, column, column.ofFinding)] : [];
}

function listOf(context: Context, { key, title, meaning }: Column, ofFinding: NonNullable<Column['ofFinding']>): Choices {
  const made = new Map<string, { item: HTMLElement; button: HTMLElement; count: HTMLElement }>();
  const node = h('ul', { class: 'choices', 'aria-label': title });
  // They stand in the order of the findings: worst first.
  for (const { finding } of context.index.findings) {
    const value = ofFinding(finding);
    if (made.has(value)) continue;
    const count = h('b');
    const click = (): void => context.go(toggled(context.state(), key, value));
    const press = button(
      { class: `to ${finding.severity}`, 'data-choice': `${key}=${value}`, title: meaning(value) || null, click },
      value,
      ' ',
      count,
    );
    made.set(value, { item: h('li', {}, press), button: press, count });
  }

  function show(state: State): void {
    const chosen = state.filters[key] ?? [];
    // They count what all the other filters leave, so that a second value can be added.
    const others = selectFindings(context.index, state, key).map(({ finding }) => ofFinding(finding));
    const items = [...made].flatMap(([value, one]) => {
      const number = others.filter((other) => other === value).length;
      one.count.textContent = String(number);
      one.button.setAttribute('aria-pressed', chosen.includes(value) ? 'true' : 'false');
      return number > 0 || chosen.includes(value) ? [one.item] : [];
    });
    settleChildren(node, items);
  }
  return { node, show };
}
