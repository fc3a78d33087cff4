/** The columns of the sheet: what they show, and how they are filtered. */
import type { PageData, PageFinding, PageSite } from '../src/report/page/data.js';
import { bySeverity, worstFirst } from './findings/severity.js';

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
  /** The values of a choice; a cell may have several. */
  values?: (site: PageSite) => readonly string[];
  /** What sites are sorted by, number by number, where that is not the text; the largest is what a reader looks for. */
  order?: (site: PageSite) => readonly number[];
  /** What the column says of a single finding, where it is one about findings: they are filtered by it too. */
  ofFinding?: (finding: PageFinding) => string;
  about?: string;
}

const yes = (truth: boolean): string => (truth ? 'yes' : 'no');

/** Each name once, with how often: `put_page ×2`. */
function counted(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => (count > 1 ? `${name} ×${count}` : name)).join(', ');
}

/** Each releasing call once, with how often. */
export function releasesOf(site: PageSite): string {
  return counted(site.releases.map(({ api }) => api));
}

/** The usual columns. */
export const USUAL = ['where', 'api', 'reference', 'containers', 'carrier', 'releases', 'releaseForm', 'dirty', 'mixed', 'gaps'];
/** The usual columns of a narrow page. */
export const NARROW = ['where', 'reference', 'releaseForm', 'releases'];

/** The columns for this data: findings and changes have theirs only where they were given. */
export function columnsFor(data: PageData): Column[] {
  const changes = changesOf(data);
  const choice = (key: string, title: string, width: number, value: (site: PageSite) => string | readonly string[], about = ''): Column => {
    const values = (site: PageSite): readonly string[] => [value(site)].flat();
    return { key, title, width, kind: 'choice', values, text: (site) => values(site).join(', '), about };
  };
  const text = (key: string, title: string, width: number, value: (site: PageSite) => string): Column => ({
    key,
    title,
    width,
    kind: 'text',
    text: value,
  });
  return [
    text('where', 'Where', 224, (site) => `${site.file}:${site.line} ${site.function}()`),
    choice('subsystem', 'Subsystem', 150, (site) => site.subsystem),
    choice('api', 'Call', 135, (site) => site.api),
    choice('family', 'Family', 110, (site) => site.family, 'get, pin, iterator get or iterator extract'),
    choice('kind', 'Kind', 80, (site) => site.kind),
    choice('reference', 'Reference', 97, (site) => site.reference, 'get: drop with put_page(); pin: drop with unpin_user_page()'),
    choice('longterm', 'Long term', 90, (site) => yes(site.longterm)),
    {
      ...choice('containers', 'Containers', 100, (site) => (site.containers.length > 0 ? site.containers : ['none'])),
      text: (site) => site.containers.join(' → '),
    },
    text('carrier', 'Carrier', 120, (site) => site.carrier.join(', ')),
    text('releases', 'Releases', 133, releasesOf),
    choice('releaseForm', 'Release form', 120, (site) => site.releaseForm),
    ...(data.findings ? findingColumns(data.findings) : []),
    ...(changes
      ? [choice('change', 'Change', 90, (site) => changes.get(site.id) ?? (site.kind === 'internal' ? 'not compared' : 'same'))]
      : []),
    text('releaseReason', 'Why this form', 220, (site) => site.releaseReason),
    choice('releaseScope', 'Release scope', 110, (site) => site.releaseScope),
    choice(
      'pairing',
      'Pairing',
      80,
      (site) => site.pairing,
      'wrong: the check found it so; suspect: by a call’s name alone; open: it depends on the run, or a container does it',
    ),
    choice('dirty', 'Dirty', 105, (site) => site.dirty),
    choice('mixed', 'Mixed', 66, (site) => yes(site.mixed)),
    text('mixedWith', 'Mixed with', 220, (site) => site.mixedWith.join('; ')),
    choice('case', 'Case', 60, (site) => String(site.case?.number ?? '-'), 'of Documentation/core-api/pin_user_pages.rst'),
    text('wrappers', 'Wrappers', 160, (site) => site.wrappers.join(', ')),
    text('gaps', 'Gaps', 55, (site) => site.gaps.map((gap) => gap.why).join('; ')),
    text('file', 'File', 260, (site) => site.file),
    { key: 'line', title: 'Line', width: 70, kind: 'number', text: (site) => String(site.line) },
    text('function', 'Function', 190, (site) => site.function),
    text('id', 'Id', 420, (site) => site.id),
  ];
}

/** The columns of what the check found at a site, worst first. */
function findingColumns(findings: readonly PageFinding[]): Column[] {
  const here = new Map<string, PageFinding[]>();
  for (const finding of worstFirst(findings)) here.set(finding.site, [...(here.get(finding.site) ?? []), finding]);
  const column = (key: string, title: string, width: number, ofFinding: (finding: PageFinding) => string): Column => {
    const values = (site: PageSite): readonly string[] => here.get(site.id)?.map(ofFinding) ?? ['none'];
    const order = (site: PageSite): readonly number[] => bySeverity(here.get(site.id) ?? []);
    return { key, title, width, kind: 'choice', values, text: (site) => counted(values(site)), order, ofFinding };
  };
  return [column('findings', 'Findings', 92, ({ rule }) => rule), column('severity', 'Severity', 92, ({ severity }) => severity)];
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
