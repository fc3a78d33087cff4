import type { PageData, PageScene } from '../src/report/page/data.js';
import { h } from './dom.js';
import { highlight } from './highlight.js';

/** The code of a scene: numbers, colours, the line that is meant, and a mark under its place. */
export function codeOf(data: PageData, scene: PageScene): HTMLElement {
  const code = scene.code === null ? undefined : data.code[scene.code];
  if (!code) return h('p', { class: 'quiet' }, `The code cannot be shown: ${scene.why}.`);
  // What all lines are set in by is taken off: a narrow page has no room for it.
  const indent = Math.min(...code.lines.filter((line) => line !== '').map((line) => line.search(/\S|$/)));
  const cut = Number.isFinite(indent) && indent <= scene.caret ? indent : 0;
  const lines = highlight(code.lines.map((line) => line.slice(cut))).flatMap((tokens, n) => {
    const number = code.first + n;
    const meant = number === scene.line;
    const text = tokens.map((token) => (token.kind === 'plain' ? token.text : h('span', { class: `t-${token.kind}` }, token.text)));
    const line = h(
      'span',
      { class: meant ? 'line meant' : 'line' },
      h('span', { class: 'gutter', 'aria-hidden': 'true' }, String(number)),
      ...text,
      '\n',
    );
    if (!meant || scene.caret < 0) return [line];
    return [
      line,
      h(
        'span',
        { class: 'line caret', 'aria-hidden': 'true' },
        h('span', { class: 'gutter' }, ''),
        `${' '.repeat(scene.caret - cut)}^`,
        '\n',
      ),
    ];
  });
  return h('pre', { tabindex: 0, 'aria-label': `${scene.file}, line ${scene.line}` }, h('code', {}, ...lines));
}

/** A story: numbered scenes; code that is shown already is not shown again. */
export function story(data: PageData, scenes: readonly PageScene[]): HTMLElement {
  let last = '';
  return h(
    'ol',
    { class: 'story' },
    ...scenes.map((scene) => {
      const place = `${scene.code}:${scene.caret}`;
      const again = place === last && scene.code !== null;
      last = place;
      return h(
        'li',
        {},
        h('p', {}, h('b', {}, scene.text), ' ', h('span', { class: 'quiet at' }, again ? 'at the same place' : scene.where)),
        again ? null : codeOf(data, scene),
      );
    }),
  );
}
