/** Findings as compilers print them, each with its path as notes. */
import type { Check } from '../check/index.js';
import { visible } from './visible.js';

export function findingsText({ findings }: Check): string {
  return findings
    .map((f) =>
      [
        `${visible(f.file)}:${f.line}:${f.column}: ${f.severity}: ${visible(f.message)} [${f.rule}]`,
        ...f.path.map((s) => `${visible(s.file)}:${s.line}:${s.column}: note: ${visible(s.text)} (${visible(s.function)})`),
        '',
      ].join('\n'),
    )
    .join('');
}
