/** The findings by rule, worst first. */
import type { PageFinding } from '../src/report/page/data.js';
import { story } from './code.js';
import type { Context, Shown } from './context.js';
import { h } from './dom.js';
import { select } from './query.js';
import type { State } from './state.js';

const RANK = { error: 0, warning: 1, note: 2 } as const;

export function findingsView(context: Context): Shown {
  const node = h('div', { class: 'findings' });
  const update = (state: State): void => {
    const shown = new Set(select(context.index, state).map((site) => site.id));
    // A finding about no row of this survey is not hidden by a filter on rows.
    const findings = (context.data.findings ?? []).filter((finding) => shown.has(finding.site) || !context.byId.has(finding.site));
    const rules = new Map<string, PageFinding[]>();
    for (const finding of [...findings].sort((a, b) => RANK[a.severity] - RANK[b.severity])) {
      rules.set(finding.rule, [...(rules.get(finding.rule) ?? []), finding]);
    }
    const all = context.data.findings?.length ?? 0;
    node.replaceChildren(
      h('h1', {}, findings.length === all ? `${all} findings` : `${findings.length} of ${all} findings`),
      ...[...rules].map(([rule, members]) =>
        h('section', { 'aria-label': rule }, h('h2', {}, `${rule} (${members.length})`), ...members.map((finding) => one(state, finding))),
      ),
      all === 0 ? h('p', { class: 'quiet' }, 'The check found nothing.') : '',
    );
  };

  function one(state: State, finding: PageFinding): HTMLElement {
    const site = context.byId.get(finding.site);
    return h(
      'article',
      { class: `finding ${finding.severity}` },
      h('h3', {}, `${finding.severity}: ${finding.file}:${finding.line} ${finding.function}()`),
      h('p', {}, finding.message),
      site
        ? h(
            'p',
            {},
            h('a', { href: context.link({ ...state, view: 'site', site: site.id }) }, `the site ${site.function}(), ${site.api}()`),
          )
        : null,
      finding.scenes.length > 0 ? h('details', {}, h('summary', {}, 'The path that shows it'), story(context.data, finding.scenes)) : null,
    );
  }
  update(context.state());
  return { node, update };
}
