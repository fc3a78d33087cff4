import type { Survey } from '../survey/row.js';

/** What a writer is told about where its output goes. */
export interface WriterContext {
  /** Width of the terminal; absent if the output goes to a pipe or file, where lines are not wrapped. */
  width?: number;
  /** Paint the text with ANSI colours. */
  colour?: boolean;
  /** Append the accounting of every acquiring token. */
  coverage?: boolean;
}

/** A writer turns a survey into the bytes of one format. The same survey gives the same bytes. */
export type Writer = (survey: Survey, context: WriterContext) => string | Uint8Array | Promise<string | Uint8Array>;
