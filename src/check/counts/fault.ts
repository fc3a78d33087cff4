/** A fault in how pages are counted. */
import type { FunctionReference } from '../../program/file.js';
import type { FindingStep } from '../finding.js';

/** A statement that uses, drops or reports another number of pages than the call took. */
export interface CountFault {
  /**
   * What the statement does: `drop` or `use` pages, report them as a `success`, add up the number asked for (`sum`), or the number taken in
   * a loop iteration as if it were all that was asked for there (`round`), return the count where zero is the success (`result`), or return
   * zero after an error (`error`).
   */
  kind: 'drop' | 'use' | 'success' | 'sum' | 'round' | 'result' | 'error';
  /**
   * `unfilled`: more pages than there are. `early`: the total of several iterations before they have taken it. `negative`: an error code as
   * the number. `past`: the one behind the last. `few`: one too few. `consumed`: as many as bytes say that are no longer what was taken.
   * `rest`: none of a last batch that is full.
   */
  how: 'unfilled' | 'early' | 'negative' | 'past' | 'few' | 'consumed' | 'rest';
  /** The function with the statement. */
  reference: FunctionReference;
  pos: number;
  /** The acquiring call's outcomes that reach the statement: bits of a set. */
  outcomes: number;
  /** From the acquiring call to the call whose result is counted; `steps` go on from there. */
  way: readonly FindingStep[];
  /** The conditions on the path from that call to the statement. */
  steps: { pos: number; text: string }[];
}
