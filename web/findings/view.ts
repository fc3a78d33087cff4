/** The findings by rule, worst first. */
import type { Context, Shown } from '../context.js';
import { button, h, settleChildren } from '../dom.js';
import { countedBy, type Found, selectFindings } from '../query.js';
import { isFiltered, type State } from '../state.js';
import { subsystemChoice } from '../subsystem-choice.js';
import { sentence } from '../words.js';
import { type Article, articleOf } from './article.js';
import { bringer } from './bring.js';
import { choicesOf } from './choices.js';
import { severities } from './severity.js';

/** The view of the findings. */
export function findingsView(context: Context): Shown {
  const heading = h('h1');
  const choices = [
    subsystemChoice(context, (state) =>
      countedBy(selectFindings(context.index, state, 'subsystem'), ({ places }) => places.map(({ subsystem }) => subsystem)),
    ),
    ...['severity', 'findings'].flatMap((key) => choicesOf(context, key)),
  ];
  const sections = new Map<string, Section>();
  /** A finding's article is made once, so that its path stays open while the reader filters. */
  const articles = new Map<string, Article>();
  const { follow, opened } = bringer(context, (key) => articles.get(key));
  const list = h('div');
  const none = h('div', { class: 'nothing' });
  const node = h(
    'div',
    { class: 'findings' },
    heading,
    h(
      'p',
      { class: 'quiet' },
      'What the check complains of, worst first: errors and warnings are paths that it followed to their end; notes are places to look at. Each has the path that shows it.',
    ),
    ...choices.map((one) => one.node),
    list,
    none,
  );

  function update(state: State): void {
    const found = selectFindings(context.index, state);
    const all = context.index.findings.length;
    const counted = `${all} ${all === 1 ? 'finding' : 'findings'}`;
    const told = severities(found.map(({ finding }) => finding));
    heading.replaceChildren(found.length === all ? counted : `${found.length} of ${counted}`, h('small', {}, told));
    for (const one of choices) one.show(state);
    const rules = new Map<string, Found[]>();
    for (const one of found) rules.set(one.finding.rule, [...(rules.get(one.finding.rule) ?? []), one]);
    const shown = [...rules].map(([rule, members]) => {
      const section = sections.get(rule) ?? sectionOf(context, rule);
      sections.set(rule, section);
      section.show(
        members,
        members.map((one) => articleNode(state, one)),
      );
      return section.node;
    });
    settleChildren(list, shown);
    none.replaceChildren(...(found.length > 0 ? [] : nothing(context, state)));
    follow(state);
  }

  function articleNode(state: State, one: Found): HTMLElement {
    const article = articles.get(one.key) ?? articleOf(context, one, opened);
    articles.set(one.key, article);
    article.show(state);
    return article.node;
  }
  update(context.state());
  return { node, update };
}

/** The section of a rule, and how it shows these of its findings. */
interface Section {
  node: HTMLElement;
  show: (members: readonly Found[], articles: readonly HTMLElement[]) => void;
}

function sectionOf(context: Context, rule: string): Section {
  const heading = h('h2');
  const { rules } = context.data;
  const about = Object.hasOwn(rules, rule) ? h('p', { class: 'quiet' }, sentence(rules[rule] ?? '')) : null;
  const list = h('div');
  const node = h('section', { 'aria-label': rule }, heading, about, list);

  function show(members: readonly Found[], articles: readonly HTMLElement[]): void {
    heading.textContent = `${rule} (${members.length})`;
    settleChildren(list, articles);
  }
  return { node, show };
}

/** Why there is no finding here: nothing that was looked for is not nothing that is wrong. */
function nothing(context: Context, state: State): HTMLElement[] {
  if (context.index.findings.length === 0) return [h('p', { class: 'quiet' }, 'The check found nothing.')];
  if (!isFiltered(state)) return [];
  const searched =
    state.q === ''
      ? 'No finding passes all filters.'
      : `No finding has “${state.q}” in its severity, rule, message, file or function, in a step of its path, or in a column of its site${Object.keys(state.filters).length > 0 ? ', and passes all filters' : ''}.`;
  return [
    h('p', {}, searched),
    h('p', {}, button({ click: () => context.go({ ...context.state(), q: '', filters: {} }) }, 'Show all findings')),
  ];
}
