import type { WriterContext } from '../report/index.js';

/** How text on the standard output may look: wrapped and coloured on a terminal, plain in a pipe. */
export function standardOutput(): Pick<WriterContext, 'width' | 'colour'> {
  if (!process.stdout.isTTY) return {};
  // See https://no-color.org: any value but the empty one turns colours off.
  const colour = !process.env.NO_COLOR && process.env.TERM !== 'dumb';
  return { colour, ...(process.stdout.columns > 0 ? { width: process.stdout.columns } : {}) };
}
