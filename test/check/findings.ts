import { expect, it } from 'vitest';
import { check } from '../../src/check/index.js';
import { type Files, withTree } from '../survey/helper.js';

/** Findings of some rules in a small tree, each as `function:text of its line`, in the order of the text; all severities. */
export function findingsOf(files: Files, ...rules: readonly string[]): Promise<string[]> {
  return withTree(files, async (tree) =>
    (await check(tree, { jobs: 1 })).findings
      .filter((f) => rules.includes(f.rule))
      .map((f) => `${f.function}:${lineOf(files, f.file, f.line)}`),
  );
}

/** The text of a line, so that a test reads without counting. */
function lineOf(files: Files, file: string, line: number): string {
  const text = typeof files === 'string' ? files : (files[file] ?? '');
  return (text.split('\n')[line - 1] ?? '').trim();
}

/** A test: of this C, the rule complains about these statements, each written `function:text of its line`. */
export function complains(rule: string, name: string, files: Files, ...places: string[]): void {
  it(`${rule} of ${name}`, async () => {
    expect(await findingsOf(files, rule)).toEqual(places);
  });
}

/** A test: the rule says nothing of this C. */
export function accepts(rule: string, name: string, files: Files): void {
  it(`no ${rule} of ${name}`, async () => {
    expect(await findingsOf(files, rule)).toEqual([]);
  });
}

/** The paths of a rule's findings in a small tree, each step as `function: what it says`, in the order of the text. */
export function pathsOf(files: Files, rule: string): Promise<string[][]> {
  return withTree(files, async (tree) =>
    (await check(tree, { jobs: 1 })).findings.filter((f) => f.rule === rule).map((f) => f.path.map((s) => `${s.function}: ${s.text}`)),
  );
}

/** What the findings of a rule name as their evidence, each as `function: text of its line: what it says`. */
export function evidenceOf(files: Files, rule: string): Promise<string[][]> {
  return withTree(files, async (tree) =>
    (await check(tree, { jobs: 1 })).findings
      .filter((f) => f.rule === rule)
      .map((f) =>
        f.path.flatMap(({ file, line, function: name, text }) =>
          text.startsWith('evidence: ') ? [`${name}: ${lineOf(files, file, line)}: ${text.slice('evidence: '.length)}`] : [],
        ),
      ),
  );
}
