/** Compares surveys: what happened to the sites between two of them, and how far the conversion to pins came over a row of them. */
import { family } from '../survey/family.js';
import type { Row, Survey } from '../survey/row.js';
import type { Finding } from './finding.js';
import { type Clue, match } from './match.js';

/** A fact of a site that differs between the surveys. */
export interface Change {
  /** The row's key, or `findings`. */
  fact: string;
  before: string[];
  after: string[];
}

/** A site that is in both surveys with other facts or in another place. */
export interface Changed {
  before: Row;
  after: Row;
  /** What identified the site in the second survey. */
  by: Clue;
  /** The call went from get to pin, or from iov_iter_get to extract. */
  converted: boolean;
  /** The call went the other way. */
  reverted: boolean;
  /** The file or the function changed. */
  moved: boolean;
  changes: Change[];
}

/** Something that was right, or not there, before. */
export interface Regression {
  site: Row;
  why: string;
}

/** The sites of two surveys side by side. Lines alone are no change. */
export interface Comparison {
  before: Side;
  after: Side;
  added: Row[];
  gone: Row[];
  changed: Changed[];
  /** How many sites are the same in both; their lines may differ. */
  same: number;
  regressions: Regression[];
}

/** One survey of a comparison, with its point on the progress curve. */
export interface Side {
  tree: string;
  version: string;
  sites: number;
  /** `get_user_pages*()` calls; `pin` counts those that pin. */
  get: number;
  pin: number;
  /** iov_iter calls that get; `extract` counts those that extract. */
  iteratorGet: number;
  extract: number;
}

/** A survey, with the findings of a check of the same tree, if there was one. */
export interface Compared {
  survey: Survey;
  findings?: readonly Finding[] | undefined;
}

/** The facts of a row that are compared, as lists of texts. Places are left out, since they move. */
const facts: readonly { fact: string; value: (row: Row) => string[] }[] = [
  { fact: 'api', value: (row) => [row.api] },
  { fact: 'kind', value: (row) => [row.kind] },
  { fact: 'reference', value: (row) => [row.reference + (row.longterm ? ' LT' : '')] },
  { fact: 'containers', value: (row) => (row.containers.length > 0 ? [row.containers.join('→')] : []) },
  { fact: 'carrier', value: (row) => [...row.carrier].sort() },
  { fact: 'releases', value: (row) => tallied(row.releases.map((release) => release.api)) },
  { fact: 'releaseForm', value: (row) => [row.releaseForm] },
  { fact: 'releaseScope', value: (row) => [row.releaseScope] },
  { fact: 'dirty', value: (row) => [row.dirty] },
  { fact: 'mixedWith', value: (row) => (!row.mixed ? [] : row.mixedWith.length > 0 ? [...row.mixedWith].sort() : ['yes']) },
  { fact: 'case', value: (row) => (row.case ? [String(row.case.number)] : []) },
  { fact: 'gaps', value: (row) => tallied(row.gaps.map((gap) => gap.why)) },
];

/** Each text once with its number, `put_page ×2`, in the order of the texts. */
function tallied(texts: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([text, count]) => (count > 1 ? `${text} ×${count}` : text));
}

const alike = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((text, n) => text === b[n]);

/** The rows that are compared: all but the inside of gup and iov_iter. */
const counted = (survey: Survey): Row[] => survey.sites.filter((row) => row.kind !== 'internal');

/** A survey's point on the progress curve. */
export function sideOf(survey: Survey): Side {
  const rows = counted(survey);
  const taking = rows.filter((row) => row.reference !== 'none').map(family);
  const of = (wanted: string): number => taking.filter((name) => name === wanted).length;
  return {
    tree: survey.tree,
    version: survey.version,
    sites: rows.length,
    get: of('get'),
    pin: of('pin'),
    iteratorGet: of('iterator get'),
    extract: of('iterator extract'),
  };
}

/** The families of calls, with what each is converted to. */
const conversions: Readonly<Record<string, string>> = { get: 'pin', 'iterator get': 'iterator extract' };

/** Findings that complain. A note does not: it is only a place to look at. */
const loud = (findings: readonly Finding[]): Finding[] => findings.filter((finding) => finding.severity !== 'note');

/**
 * The rules with a finding at a site, a note marked as such, so that a note that became an error is a change; `null` if there was no check.
 */
function toldOf(findings: readonly Finding[] | undefined, row: Row): string[] | null {
  return findings
    ? findings.filter((finding) => finding.site === row.id).map(({ rule, severity }) => (severity === 'note' ? `${rule} (note)` : rule))
    : null;
}

function rulesOf(findings: readonly Finding[], row: Row): string[] {
  return findings.filter((finding) => finding.site === row.id).map((finding) => finding.rule);
}

/** Compares two surveys. `internal` sites, which are gup and iov_iter themselves, are left out. */
export function compare(old: Compared, now: Compared): Comparison {
  const { pairs, gone, added } = match(counted(old.survey), counted(now.survey));
  const changed = pairs
    .map(({ before, after, by }): Changed => {
      const [from, to] = [family(before), family(after)];
      const [was, is] = [toldOf(old.findings, before), toldOf(now.findings, after)];
      const changes = facts.map(({ fact, value }) => ({ fact, before: value(before), after: value(after) }));
      if (was && is) changes.push({ fact: 'findings', before: tallied(was), after: tallied(is) });
      return {
        before,
        after,
        by,
        converted: conversions[from] === to,
        reverted: conversions[to] === from,
        moved: before.file !== after.file || before.function !== after.function,
        changes: changes.filter((change) => !alike(change.before, change.after)),
      };
    })
    .filter((pair) => pair.moved || pair.changes.length > 0);
  const known = old.findings && now.findings ? now.findings : [];
  /** The rules that complain of a site in the second survey and did not in the first. */
  const fresh = ({ before, after }: Changed): string[] => {
    if (!old.findings || !now.findings) return [];
    const was = new Set(rulesOf(loud(old.findings), before));
    return [...new Set(rulesOf(loud(now.findings), after))].filter((rule) => !was.has(rule));
  };
  return {
    before: sideOf(old.survey),
    after: sideOf(now.survey),
    added,
    gone,
    changed,
    same: pairs.length - changed.length,
    regressions: [...changed.flatMap((pair) => worsened(pair, fresh(pair))), ...added.flatMap((row) => arrived(row, known))],
  };
}

/**
 * What became worse about a site that was there before.
 * @param rules those that complain of it only in the second survey
 */
function worsened({ before, after, reverted }: Changed, rules: readonly string[]): Regression[] {
  const why: string[] = [];
  if (reverted) why.push(`was ${before.api}(), is ${after.api}(): converted before, not any more`);
  if (before.releaseForm !== 'none' && after.releaseForm === 'none') why.push('its release was found before, none is found now');
  if (!before.mixed && after.mixed)
    why.push(`what holds its pages can now also hold others: ${after.mixedWith.join('; ') || 'of unknown origin'}`);
  if (rules.length > 0) why.push(`new finding: ${[...rules].sort().join(', ')}`);
  return why.map((reason) => ({ site: after, why: reason }));
}

/** What is wrong with a site that was not there before. */
function arrived(row: Row, findings: readonly Finding[]): Regression[] {
  const why: string[] = [];
  if (row.reference === 'get' && row.longterm) why.push('new, and takes a plain reference for the long term (FOLL_LONGTERM)');
  if (row.releaseForm === 'none' && row.reference !== 'none' && row.kind === 'user') why.push('new, and no release is found');
  for (const finding of findings) {
    if (finding.site === row.id && finding.severity !== 'note') why.push(`new, with a finding: ${finding.rule}`);
  }
  return why.map((reason) => ({ site: row, why: reason }));
}

/** The comparison of several surveys in their order, with the progress curve. */
export interface Progress {
  curve: Side[];
  /** From the first to the last. */
  whole: Comparison;
  /** From each to the next; the same as `whole` for two. */
  steps: Comparison[];
}

/**
 * Compares a row of surveys, the oldest first.
 * @throws RangeError for fewer than two
 */
export function progressOf(surveys: readonly Compared[]): Progress {
  const [first, last] = [surveys[0], surveys[surveys.length - 1]];
  if (!first || !last || surveys.length < 2) throw new RangeError('a comparison needs two surveys');
  return {
    curve: surveys.map(({ survey }) => sideOf(survey)),
    whole: compare(first, last),
    steps: surveys.slice(1).map((next, n) => compare(surveys[n] ?? first, next)),
  };
}
