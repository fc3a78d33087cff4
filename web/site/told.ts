/** What is told of a site: its findings, its story and its facts. */
import type { PageData, PageFinding, PageSite } from '../../src/report/page/data.js';
import { story } from '../code.js';
import type { Column } from '../columns.js';
import type { Context } from '../context.js';
import { h, opening } from '../dom.js';
import { sentence } from '../words.js';
import { releasesOf } from './releases.js';

/** The two columns of a site's page: what happens, and what the row says. */
export function told({ data, columns }: Context, site: PageSite): HTMLElement {
  const findings = (data.findings ?? []).filter((finding) => finding.site === site.id);
  return h(
    'div',
    { class: 'columns' },
    h('div', {}, ...findings.map((one) => findingOf(data, one)), ...happens(data, site)),
    says(columns, site),
  );
}

/** What a finding rests on is seen without a click. */
function findingOf(data: PageData, finding: PageFinding): HTMLElement {
  return h(
    'section',
    { class: `finding ${finding.severity}`, 'aria-label': `Finding: ${finding.rule}` },
    h('h2', {}, `${finding.severity}: ${finding.rule}`),
    h('p', {}, sentence(finding.message)),
    h('p', { class: 'quiet' }, `at ${finding.file}:${finding.line} in ${finding.function}()`),
    finding.scenes.length > 0
      ? h('details', { open: true }, h('summary', {}, 'The path that shows it'), story(data, finding.scenes))
      : null,
  );
}

function happens(data: PageData, { scenes, gapScenes }: PageSite): Node[] {
  const gaps = gapScenes.length > 0 ? [h('h2', {}, 'What could not be followed'), story(data, gapScenes)] : [];
  return [h('h2', {}, 'What happens to the reference'), story(data, scenes), ...gaps];
}

function says(columns: readonly Column[], site: PageSite): HTMLElement {
  const facts = (): Node => h('dl', {}, ...columns.flatMap(({ title, text }) => [h('dt', {}, title), h('dd', {}, text(site) || '–')]));
  return h(
    'aside',
    {},
    h('h2', {}, 'What this row says'),
    h('ul', {}, ...site.sentences.map((one) => h('li', {}, one))),
    releasesOf(site),
    opening('All columns', facts),
  );
}
