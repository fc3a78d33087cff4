/** What is wrong with how pages are counted. */
import type { FunctionReference } from '../../program/file.js';
import type { FindingStep } from '../finding.js';

/** A statement that takes up another number of pages than the call took. */
export interface CountFault {
  /**
   * Drops pages, or uses them, or hands them on as a success; adds up the number asked for, or what a round took as if that
   * were all of it; or returns the count itself, or zero
   * after an error, where zero is the success.
   */
  kind: 'drop' | 'use' | 'success' | 'sum' | 'round' | 'result' | 'error';
  /** More than there are, all that several rounds are to take before they have, with an error as the number, one behind the last, one too few. */
  how: 'unfilled' | 'early' | 'negative' | 'past' | 'few';
  reference: FunctionReference;
  pos: number;
  /** Outcomes that reach it. */
  outcomes: number;
  /** From the acquiring call to the call whose result is looked at, and on from there. */
  way: readonly FindingStep[];
  steps: { pos: number; text: string }[];
}
