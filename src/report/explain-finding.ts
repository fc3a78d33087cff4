/** One finding as a story: the code at each step of its path, then what is wrong and where to read more. */
import pc from 'picocolors';
import type { Finding } from '../check/finding.js';
import { rules } from '../check/rules.js';
import { closest } from './closest.js';
import { at } from './describe.js';
import { excerpt, type Reader, readerOf } from './excerpt.js';
import type { Explanation } from './explain.js';
import { visible } from './visible.js';
import type { WriterContext } from './writer.js';

/** True for a text that is written as the id of a finding and not as that of a site. */
export function isFindingId(id: string): boolean {
  return /^[a-z]+(?:-[a-z]+)*:[0-9a-f]{16}(?:-\d+)?$/.test(id);
}

/** Tells the finding with an id, or the ids most like it. Reads the code from the tree. */
export async function explainFinding(tree: string, findings: readonly Finding[], id: string, context: WriterContext): Promise<Explanation> {
  const finding = findings.find((f) => f.id === id);
  if (finding) return { found: true, text: await tellFinding(finding, readerOf(tree), context) };
  return {
    found: false,
    closest: closest(
      id,
      findings.map((f) => f.id),
    ),
  };
}

/** The story of a finding: what is wrong and where, the code there unless a step shows it, then the steps. */
export async function tellFinding(finding: Finding, read: Reader, context: WriterContext): Promise<string> {
  const colours = pc.createColors(context.colour ?? false);
  const lines: string[] = [colours.bold(`${finding.severity}: ${visible(finding.message)}`), visible(finding.id)];
  lines.push(`at ${at(finding)} in ${visible(finding.function)}()`);
  const steps = finding.path;
  if (!steps.some(({ file, line }) => file === finding.file && line === finding.line)) lines.push(...(await excerpt(read, finding)));
  lines.push('');
  let shown = '';
  for (const [n, step] of steps.entries()) {
    lines.push(`${String(n + 1).padStart(2)}. ${colours.cyan(`${at(step)} in ${visible(step.function)}(): ${visible(step.text)}`)}`);
    const place = `${step.file}:${step.line}:${step.column}`;
    // Several steps may be at one place: its code is shown once.
    if (place !== shown) lines.push(...(await excerpt(read, step)));
    shown = place;
    lines.push('');
  }
  const rule = rules.find(({ id }) => id === finding.rule);
  lines.push(colours.bold('What is wrong'));
  if (rule) lines.push(`  - ${rule.about}`);
  lines.push(`  - docs/rules/${finding.rule}.md says what it does at run time, how to repair it, and what the rule cannot see`);
  lines.push(`  - the site is ${visible(finding.site)}`);
  return `${lines.join('\n')}\n`;
}
