import type { WriterContext } from '../report/index.js';

/** How a text on the standard output may look: wrapped and painted on a terminal, plain in a pipe. */
export function standardOutput(): Pick<WriterContext, 'width' | 'colour'> {
  if (!process.stdout.isTTY) return {};
  // https://no-color.org: any value but the empty one.
  const colour = !process.env.NO_COLOR && process.env.TERM !== 'dumb';
  return { colour, ...(process.stdout.columns > 0 ? { width: process.stdout.columns } : {}) };
}
