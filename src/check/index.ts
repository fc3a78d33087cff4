/** Turns followed references into findings: asks every rule about every site. */
import { compiled } from '../source/index.js';
import { byCode } from '../source/order.js';
import { inspectTree } from '../survey/index.js';
import type { SurveyOptions } from '../survey/options.js';
import { unitsWith } from '../survey/other-texts.js';
import type { Survey } from '../survey/row.js';
import type { Unit } from '../survey/unit.js';
import { type Change, touching } from './change.js';
import type { Finding } from './finding.js';
import { inspectSites } from './inspect.js';

/** The findings of a tree. */
export interface Check {
  /** The tree's path as given. */
  tree: string;
  /** putright's version. */
  version: string;
  findings: Finding[];
  /** Files that could not be read or were left out, with the reason. */
  warnings: { file: string; why: string }[];
}

/** Checks a kernel tree, or the tree of one driver. */
export async function check(path: string, options: Omit<SurveyOptions, 'kinds'> = {}): Promise<Check> {
  const { survey, findings } = await checkedSurvey(path, options);
  const { tree, version, warnings } = survey;
  return { tree, version, findings, warnings };
}

/**
 * Surveys and checks a tree in one pass: the rules are asked about each site while it is followed. With a change, returns only the findings
 * that it concerns: those in functions that it touched, and those that were not there before it.
 * @param since resolves to the change; the tree is followed meanwhile
 */
export async function checkedSurvey(
  path: string,
  options: Omit<SurveyOptions, 'kinds'> = {},
  since?: Promise<Change>,
): Promise<{ survey: Survey; findings: Finding[] }> {
  const inspection = { name: 'check', inspect: inspectSites, lane: compiled('check/lane.js') };
  const inspected = await inspectTree(path, options, inspection, since !== undefined);
  const findings = numbered(inspected.found as Finding[]);
  if (since === undefined) return { survey: inspected.survey, findings };
  const { kept, fresh, tree } = inspected;
  const change = await since.catch((error: unknown) => {
    kept?.save(fresh);
    throw error;
  });
  const isTouched = touching(change, tree.read);
  // What a unit had before is only needed if it has findings that the change did not touch.
  const isInDoubt = ({ found }: Unit): boolean => (found as Finding[]).some((finding) => !isTouched(finding));
  const earlier = await unitsWith(inspected, change.before, inspection, options, isInDoubt);
  kept?.save(fresh, earlier.fresh);
  const before = numbered([...earlier.units.values()].flatMap((unit) => unit.found as Finding[]));
  const known = new Set(before.map(({ id }) => id));
  return { survey: inspected.survey, findings: findings.filter((finding) => isTouched(finding) || !known.has(finding.id)) };
}

/**
 * True for a fault in the function that takes the pages. If several sites have the same fault, the finding of the site in that function is
 * kept.
 */
function isAtSite({ file, function: name, site }: Finding): boolean {
  return site.startsWith(`${file}:${name}:`);
}

/** The findings in the order of the text, one for each rule and line; equal fingerprints get an ordinal. */
function numbered(findings: readonly Finding[]): Finding[] {
  const sorted = [...findings].sort((a, b) => byCode(a.file, b.file) || a.line - b.line || a.column - b.column || byCode(a.rule, b.rule));
  const once = new Map<string, Finding>();
  for (const f of sorted) {
    const key = `${f.rule}\0${f.file}\0${f.line}`;
    const known = once.get(key);
    if (!known || (isAtSite(f) && !isAtSite(known))) once.set(key, f);
  }
  const counted = new Map<string, number>();
  return [...once.values()].map((f) => {
    const n = (counted.get(f.fingerprint) ?? 0) + 1;
    counted.set(f.fingerprint, n);
    const fingerprint = n === 1 ? f.fingerprint : `${f.fingerprint}-${n}`;
    return { ...f, fingerprint, id: `${f.rule}:${fingerprint}` };
  });
}
