/** What the colours and the words of the matrix mean. */
import type { Matrix, Meanings } from '../../src/report/read/matrix.js';
import { h, opening } from '../dom.js';
import { meaningOf } from './cell.js';

/** What the colours of the cells mean. */
export function colours(): HTMLElement {
  return h(
    'p',
    { class: 'legend' },
    h('span', {}, h('i', { class: 'wrong' }), ' harm, and nobody is told'),
    h('span', {}, h('i', { class: 'suspect' }), ' harm that is noticed in some runs or in all, or a false alarm'),
    h('span', {}, h('i', { class: 'right' }), ' the mistake adds no harm'),
    h('span', { class: 'quiet' }, '(in brackets: the design itself, with a correct program)'),
  );
}

/** What the words mean, as far as the model says so. */
export function words({ about, designs, misuses, cells }: Matrix): HTMLElement {
  const all = [
    ...meaningsOf('What can happen', [...new Set(cells.flatMap((cell) => cell.outcomes))], about.outcomes),
    ...meaningsOf('Designs', designs, about.designs),
    ...meaningsOf('Misuses', misuses, about.misuses),
    ...meaningsOf('Settings', Object.keys(about.settings), about.settings),
  ];
  return all.length === 0 ? h('p') : opening('What the words mean', () => h('div', { class: 'meanings' }, ...all));
}

function meaningsOf(title: string, names: readonly string[], meanings: Meanings): Node[] {
  const known = names.filter((name) => meaningOf(meanings, name) !== '');
  const entries = known.flatMap((name) => [h('dt', {}, name), h('dd', {}, meaningOf(meanings, name))]);
  return known.length === 0 ? [] : [h('h3', {}, title), h('dl', {}, ...entries)];
}
