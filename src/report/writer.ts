import type { Survey } from '../survey/row.js';

/** What a writer may know of where its output goes. */
export interface WriterContext {
  /** Columns of the terminal; absent if the output goes to a pipe or a file, where lines are never wrapped. */
  width?: number;
  /** Paint the text with ANSI colours. */
  colour?: boolean;
  /** Append the accounting of every acquiring token. */
  coverage?: boolean;
}

/** A writer turns a survey into the bytes of one format. The same survey gives the same bytes. */
export type Writer = (survey: Survey, context: WriterContext) => string | Uint8Array | Promise<string | Uint8Array>;
