/** The findings by rule, worst first. */
import type { PageFinding } from '../src/report/page/data.js';
import { story } from './code.js';
import type { Context, Shown } from './context.js';
import { button, goTo, h, opening } from './dom.js';
import { select } from './query.js';
import type { State } from './state.js';
import { sentence } from './words.js';

const RANK = { error: 0, warning: 1, note: 2 } as const;

/** `1 error, 21 notes`. */
export function severities(findings: readonly PageFinding[]): string {
  return (['error', 'warning', 'note'] as const)
    .map((severity) => [severity, findings.filter((finding) => finding.severity === severity).length] as const)
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => `${count} ${severity}${count === 1 ? '' : 's'}`)
    .join(', ');
}

/** The view of the findings. */
export function findingsView(context: Context): Shown {
  const node = h('div', { class: 'findings' });
  const articles = new Map<PageFinding, HTMLElement>();
  const update = (state: State): void => {
    const shown = new Set(select(context.index, state).map((site) => site.id));
    // A finding about no row of this survey is not hidden by a filter on rows.
    const findings = (context.data.findings ?? []).filter((finding) => shown.has(finding.site) || !context.byId.has(finding.site));
    const rules = new Map<string, PageFinding[]>();
    for (const finding of [...findings].sort((a, b) => RANK[a.severity] - RANK[b.severity])) {
      rules.set(finding.rule, [...(rules.get(finding.rule) ?? []), finding]);
    }
    const all = context.data.findings?.length ?? 0;
    const counted = `${all} ${all === 1 ? 'finding' : 'findings'}`;
    node.replaceChildren(
      h('h1', {}, findings.length === all ? counted : `${findings.length} of ${counted}`, h('small', {}, severities(findings))),
      h(
        'p',
        { class: 'quiet' },
        'What the check complains of, worst first: errors and warnings are paths that it followed to their end; notes are places to look at. Each has the path that shows it.',
      ),
      index([...rules]),
      ...[...rules].map(([rule, members]) =>
        h(
          'section',
          { 'aria-label': rule },
          h('h2', { tabindex: -1 }, `${rule} (${members.length})`),
          Object.hasOwn(context.data.rules, rule) ? h('p', { class: 'quiet' }, sentence(context.data.rules[rule] ?? '')) : null,
          ...members.map((finding) => one(state, finding)),
        ),
      ),
      all === 0 ? h('p', { class: 'quiet' }, 'The check found nothing.') : '',
    );
  };

  /** The rules, each with the way to its findings: a list of these is many screens long. */
  function index(rules: readonly (readonly [rule: string, members: readonly PageFinding[]])[]): HTMLElement | string {
    if (rules.length < 2) return '';
    return h(
      'ul',
      { class: 'index', 'aria-label': 'Rules' },
      ...rules.map(([rule, members]) =>
        h('li', {}, button({ class: `to ${members[0]?.severity}`, click: () => goTo(node, rule) }, rule, h('b', {}, ` ${members.length}`))),
      ),
    );
  }

  /** A finding's article is made once, so that its path stays open while the reader filters. */
  function one(state: State, finding: PageFinding): HTMLElement {
    const article = articles.get(finding) ?? articleOf(finding);
    articles.set(finding, article);
    const link = article.querySelector<HTMLAnchorElement>('a.site-link');
    if (link) link.href = context.link({ ...state, view: 'site', site: finding.site });
    return article;
  }

  function articleOf(finding: PageFinding): HTMLElement {
    const site = context.byId.get(finding.site);
    return h(
      'article',
      { class: `finding ${finding.severity}` },
      h('h3', {}, `${finding.severity}: ${finding.file}:${finding.line} ${finding.function}()`),
      h('p', {}, sentence(finding.message)),
      site ? h('p', {}, h('a', { class: 'site-link' }, `the site ${site.function}(), ${site.api}()`)) : null,
      finding.scenes.length > 0 ? opening('The path that shows it', () => story(context.data, finding.scenes)) : null,
    );
  }
  update(context.state());
  return { node, update };
}
