/** What the check tells, as plain data: a rule's complaint, with the path that shows it. */
import { createHash } from 'node:crypto';
import type { FunctionReference } from '../program/file.js';
import type { Program } from '../program/program.js';
import type { Subject } from '../survey/unit.js';

/** How bad a finding is. */
export type Severity = 'error' | 'warning' | 'note';

/** The severities, from least to worst. */
export const severities: readonly Severity[] = ['note', 'warning', 'error'];

/** One step of a finding's path, from acquire to fault. Lines and columns count from 1; columns are bytes. */
export interface FindingStep {
  file: string;
  line: number;
  column: number;
  function: string;
  text: string;
}

/** A complaint as it is reported. */
export interface Finding {
  /** `rule:fingerprint`. */
  id: string;
  rule: string;
  severity: Severity;
  message: string;
  /** Where the fault is: the wrong release, or the exit that leaks. */
  file: string;
  line: number;
  column: number;
  function: string;
  /** The row's id. */
  site: string;
  path: FindingStep[];
  /** Stays the same when lines move: a hash of rule, file, function, site and the faulty line's text without white space. */
  fingerprint: string;
}

/** What a rule says; the rest of the finding follows from it. */
export interface Complaint {
  message: string;
  file: string;
  function: string;
  pos: number;
  path: FindingStep[];
}

/** A rule; what it asks is a {@link Check}. */
export interface Rule {
  id: string;
  severity: Severity;
  /** The mistake in a line. */
  about: string;
}

/** What a rule asks: a pure function from one followed site to complaints. `others` are the file's other sites. */
export type Check = (subject: Subject, others: readonly Subject[]) => Complaint[];

/** The complaints at positions where none of `others` is. */
export function notTold(complaints: readonly Complaint[], others: readonly Complaint[]): Complaint[] {
  return complaints.filter((c) => !others.some((o) => o.file === c.file && o.pos === c.pos));
}

/** Makes a finding of a complaint. */
export function findingOf(rule: Rule, { program, row }: Subject, complaint: Complaint): Finding {
  const place = program.position(complaint.file, complaint.pos);
  const text = program.lineAt(complaint.file, complaint.pos).replace(/\s+/g, '');
  const fingerprint = createHash('sha256')
    .update([rule.id, complaint.file, complaint.function, row.id, text].join('\0'))
    .digest('hex')
    .slice(0, 16);
  return {
    id: `${rule.id}:${fingerprint}`,
    rule: rule.id,
    severity: rule.severity,
    message: complaint.message,
    file: complaint.file,
    ...place,
    function: complaint.function,
    site: row.id,
    path: complaint.path,
    fingerprint,
  };
}

/** A place in a function as a step of a path. */
export function stepIn(program: Program, { file, name }: FunctionReference, pos: number, text: string): FindingStep {
  return { file, ...program.position(file, pos), function: name, text };
}

/** Where the site stands, as the first step of a path. */
export function taken({ row }: Subject): FindingStep {
  return { file: row.file, line: row.line, column: row.column, function: row.function, text: `taken by ${row.api}()` };
}
