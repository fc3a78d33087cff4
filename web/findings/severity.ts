/** How bad findings are. Pure: no browser needed. */
import type { PageFinding } from '../../src/report/page/data.js';

/** The severities, worst first. */
export const SEVERITIES = ['error', 'warning', 'note'] as const;

/** How many of these findings have each severity, worst first. */
export function bySeverity(findings: readonly PageFinding[]): number[] {
  return SEVERITIES.map((severity) => findings.filter((finding) => finding.severity === severity).length);
}

/** The findings, worst first; those that are equally bad stay in their order. */
export function worstFirst(findings: readonly PageFinding[]): PageFinding[] {
  return SEVERITIES.flatMap((severity) => findings.filter((finding) => finding.severity === severity));
}

/** `1 error`, `21 notes`. */
export function counted(severity: string, count: number): string {
  return `${count} ${severity}${count === 1 ? '' : 's'}`;
}

/** `1 error, 21 notes`. */
export function severities(findings: readonly PageFinding[]): string {
  return bySeverity(findings)
    .flatMap((count, n) => (count > 0 ? [counted(SEVERITIES[n] ?? '', count)] : []))
    .join(', ');
}
