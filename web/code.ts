/** The code of a story's steps. */
import type { PageData, PageScene } from '../src/report/page/data.js';
import { breakable, h } from './dom.js';
import { highlight } from './highlight.js';
import { marks, type Passage, passages } from './passages.js';

/** The code of a passage: numbers, colours, the lines that are meant, and marks under their places. */
function codeOf({ scenes, number, code }: Passage): HTMLElement {
  const [first] = scenes;
  if (!code || !first) return h('p', { class: 'quiet' }, `The code cannot be shown: ${first?.why ?? ''}.`);
  // What all lines are set in by is taken off: a narrow page has no room for it.
  const indent = Math.min(...code.lines.filter((line) => line !== '').map((line) => line.search(/\S|$/)));
  const cut = Number.isFinite(indent) && scenes.every((scene) => scene.caret < 0 || indent <= scene.caret) ? indent : 0;
  const lines = highlight(code.lines.map((line) => line.slice(cut))).flatMap((tokens, n) => {
    const meant = scenes
      .map((scene, at) => ({ ...scene, number: scenes.length > 1 ? number + at : null }))
      .filter((scene) => scene.line === code.first + n);
    const text = tokens.map((token) => (token.kind === 'plain' ? token.text : h('span', { class: `t-${token.kind}` }, token.text)));
    const gutter = h('span', { class: 'gutter', 'aria-hidden': 'true' }, String(code.first + n));
    const line = h('span', { class: meant.length > 0 ? 'line meant' : 'line' }, gutter, ...text, '\n');
    const below = marks(meant, cut);
    if (below === '') return [line];
    return [line, h('span', { class: 'line caret', 'aria-hidden': 'true' }, h('span', { class: 'gutter' }, ''), `${below}\n`)];
  });
  const places = [...new Set(scenes.map((scene) => scene.line))];
  const label = `${first.file}, ${places.length > 1 ? 'lines' : 'line'} ${places.join(', ')}`;
  return h('pre', { tabindex: 0, 'aria-label': label }, h('code', {}, ...lines));
}

/** A story: numbered scenes; scenes that follow one another in the same code share it, and its marks have their numbers. */
export function story(data: PageData, scenes: readonly PageScene[]): HTMLElement {
  return h(
    'ol',
    { class: 'story' },
    ...passages(data, scenes).flatMap((passage) =>
      passage.scenes.map((scene, n) => {
        const before = passage.scenes[n - 1];
        const again = before !== undefined && before.where === scene.where;
        return h(
          'li',
          {},
          h(
            'p',
            {},
            h('b', {}, ...breakable(scene.text)),
            ' ',
            h('span', { class: 'quiet at' }, ...(again ? ['at the same line'] : breakable(scene.where))),
          ),
          n === passage.scenes.length - 1 ? codeOf(passage) : null,
        );
      }),
    ),
  );
}
