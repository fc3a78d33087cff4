/** A finding as `putright check --format json` writes it. Comparing depends on this contract, and not on the code of the rules. */
export interface Finding {
  id: string;
  rule: string;
  severity: 'error' | 'warning' | 'note';
  message: string;
  file: string;
  line: number;
  column: number;
  function: string;
  /** The id of the row that it is about. */
  site: string;
  path: { file: string; line: number; column: number; function: string; text: string }[];
  /** Stays the same when lines move. */
  fingerprint: string;
}
