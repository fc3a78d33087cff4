/** A finding as `putright check --format json` writes it: the contract of docs, not the code of the rules. */
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
  /** Stays when lines move. */
  fingerprint: string;
}
