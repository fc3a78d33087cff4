/** The columns of the sheet: what they show, and how they are filtered. */
import type { PageData, PageFinding, PageSite } from '../src/report/page/data.js';
import { bySeverity, worstFirst } from './findings/severity.js';
import { aboutColumn, meaningOf, WORST } from './words.js';

/** A part of what a cell says; its kind gives it its colour. */
export interface Part {
  text: string;
  kind: string;
}

/** A column: what a cell of it says of a site, and how sites are filtered by it. */
export interface Column {
  key: string;
  title: string;
  /** Width in pixels. */
  width: number;
  /** `choice`: few values, any of which may be chosen; `text`: part of the text; `number`: the same, sorted by size. */
  kind: 'choice' | 'text' | 'number';
  /** What the cell says. */
  text: (site: PageSite) => string;
  /** What the cell says in parts, where some of it is to stand out. */
  parts?: (site: PageSite) => readonly Part[];
  /** The values of a choice; a cell may have several. */
  values?: (site: PageSite) => readonly string[];
  /** What sites are sorted by, number by number, where that is not the text; the largest is what a reader looks for. */
  order?: (site: PageSite) => readonly number[];
  /** What the column says of a single finding, where it is one about findings: they are filtered by it too. */
  ofFinding?: (finding: PageFinding) => string;
  /** What it is about, in a line. */
  about: string;
  /** What one of its values means; empty where that goes without saying. */
  meaning: (value: string) => string;
}

/** A column without what the words say of it. */
type Bare = Omit<Column, 'about' | 'meaning'>;

const yes = (truth: boolean): string => (truth ? 'yes' : 'no');

/** Each name once, with how often, as `put_page ×2`, and the first of its kinds. */
function counted(names: readonly Part[]): Part[] {
  const counts = new Map<string, { kind: string; count: number }>();
  for (const { text, kind } of names) counts.set(text, { kind, ...counts.get(text), count: (counts.get(text)?.count ?? 0) + 1 });
  return [...counts].map(([name, { kind, count }]) => ({ text: count > 1 ? `${name} ×${count}` : name, kind }));
}

const joined = (parts: readonly Part[]): string => parts.map(({ text }) => text).join(', ');

/** Each releasing call once, with how often, and how the worst of them fits what was taken. */
function releaseParts({ releases, pairings }: PageSite): Part[] {
  const worst = (api: string): string =>
    WORST.find((pairing) => releases.some((one, n) => one.api === api && pairings[n] === pairing)) ?? '';
  return counted(releases.map(({ api }) => ({ text: api, kind: worst(api) })));
}

/** The usual columns. */
export const USUAL = ['where', 'api', 'reference', 'containers', 'carrier', 'releases', 'releaseForm', 'dirty', 'mixed'];
/** The usual columns of a narrow page, without findings and with them: the first three are seen without scrolling. */
export const NARROW = ['where', 'reference', 'releases', 'releaseForm'];
export const NARROW_FINDINGS = ['where', 'reference', 'findings', 'pairing'];
/** What the first column says too: a filter by one of these needs no column of its own. */
export const IN_FIRST: ReadonlySet<string> = new Set(['subsystem', 'file', 'line', 'function', 'id']);

/** The columns for this data: findings and changes have theirs only where they were given. */
export function columnsFor(data: PageData): Column[] {
  const changes = changesOf(data);
  const choice = (key: string, title: string, width: number, value: (site: PageSite) => string | readonly string[]): Bare => {
    const values = (site: PageSite): readonly string[] => [value(site)].flat();
    return { key, title, width, kind: 'choice', values, text: (site) => values(site).join(', ') };
  };
  const text = (key: string, title: string, width: number, value: (site: PageSite) => string): Bare => ({
    key,
    title,
    width,
    kind: 'text',
    text: value,
  });
  const bare: Bare[] = [
    text('where', 'Where', 207, (site) => `${site.file}:${site.line} ${site.function}()`),
    choice('subsystem', 'Subsystem', 150, (site) => site.subsystem),
    choice('api', 'Call', 124, (site) => site.api),
    choice('family', 'Family', 110, (site) => site.family),
    choice('kind', 'Kind', 80, (site) => site.kind),
    choice('reference', 'Reference', 97, (site) => site.reference),
    choice('longterm', 'Long term', 90, (site) => yes(site.longterm)),
    {
      ...choice('containers', 'Containers', 100, (site) => (site.containers.length > 0 ? site.containers : ['none'])),
      text: (site) => site.containers.join(' → '),
    },
    text('carrier', 'Carrier', 110, (site) => site.carrier.join(', ')),
    { ...text('releases', 'Releases', 122, (site) => joined(releaseParts(site))), parts: releaseParts },
    choice('releaseForm', 'Release form', 120, (site) => site.releaseForm),
    ...(data.findings ? findingColumns(data.findings) : []),
    ...(changes
      ? [choice('change', 'Change', 86, (site) => changes.get(site.id) ?? (site.kind === 'internal' ? 'not compared' : 'same'))]
      : []),
    text('releaseReason', 'Why this form', 220, (site) => site.releaseReason),
    choice('releaseScope', 'Release scope', 110, (site) => site.releaseScope),
    choice('pairing', 'Pairing', 80, (site) => site.pairing),
    choice('dirty', 'Dirty', 97, (site) => site.dirty),
    choice('mixed', 'Mixed', 66, (site) => yes(site.mixed)),
    text('mixedWith', 'Mixed with', 220, (site) => site.mixedWith.join('; ')),
    { ...choice('case', 'Case', 60, (site) => String(site.case?.number ?? 'none')), text: (site) => String(site.case?.number ?? '') },
    text('wrappers', 'Wrappers', 160, (site) => site.wrappers.join(', ')),
    { ...text('gaps', 'Gaps', 55, (site) => site.gaps.map((gap) => gap.why).join('; ')), order: (site) => [site.gaps.length] },
    text('file', 'File', 260, (site) => site.file),
    { key: 'line', title: 'Line', width: 70, kind: 'number', text: (site) => String(site.line) },
    text('function', 'Function', 190, (site) => site.function),
    text('id', 'Id', 420, (site) => site.id),
  ];
  const ruleAbout = (rule: string): string => (Object.hasOwn(data.rules, rule) ? (data.rules[rule] ?? '') : '');
  return bare.map((column) => ({
    ...column,
    about: aboutColumn(column.key),
    meaning: column.key === 'findings' ? ruleAbout : (value) => meaningOf(column.key, value),
  }));
}

/** The columns of what the check found at a site, worst first. */
function findingColumns(findings: readonly PageFinding[]): Bare[] {
  const here = new Map<string, PageFinding[]>();
  for (const finding of worstFirst(findings)) here.set(finding.site, [...(here.get(finding.site) ?? []), finding]);
  const column = (key: string, title: string, width: number, ofFinding: (finding: PageFinding) => string): Bare => {
    const values = (site: PageSite): readonly string[] => here.get(site.id)?.map(ofFinding) ?? ['none'];
    const parts = (site: PageSite): readonly Part[] =>
      counted(here.get(site.id)?.map((finding) => ({ text: ofFinding(finding), kind: finding.severity })) ?? [{ text: 'none', kind: '' }]);
    const order = (site: PageSite): readonly number[] => bySeverity(here.get(site.id) ?? []);
    return { key, title, width, kind: 'choice', values, parts, text: (site) => joined(parts(site)), order, ofFinding };
  };
  return [column('findings', 'Findings', 96, ({ rule }) => rule), column('severity', 'Severity', 92, ({ severity }) => severity)];
}

function changesOf(data: PageData): Map<string, string> | null {
  if (!data.progress) return null;
  const { changed, added } = data.progress.whole;
  const changes = new Map<string, string>();
  for (const pair of changed) {
    changes.set(pair.after.id, pair.converted ? 'converted' : pair.reverted ? 'reverted' : pair.moved ? 'moved' : 'changed');
  }
  for (const row of added) changes.set(row.id, 'new');
  return changes;
}
