/** One line on the terminal that says how far the work is; none in a pipe. */

/** Work that is done sooner needs no line. */
const PATIENCE_MS = 300;
/** A terminal is not redrawn more often than this. */
const PACE_MS = 80;

export interface Progress {
  /** Fits `SurveyOptions.onProgress`. */
  report: (stage: string, done: number, total: number) => void;
  /** Takes the line away; nothing is drawn after it. */
  clear: () => void;
}

/** The part of a stream that the line needs; the standard error, or a test's. */
export interface Screen {
  isTTY?: boolean;
  columns?: number;
  write: (text: string) => unknown;
}

/** Starts the line on the screen, if that is a terminal. */
export function startProgress(screen: Screen, now: () => number = performance.now.bind(performance)): Progress {
  const begun = now();
  let drawn = Number.NEGATIVE_INFINITY;
  let visible = false;
  let over = screen.isTTY !== true;
  return {
    report: (stage, done, total) => {
      const time = now();
      if (over || time - begun < PATIENCE_MS || time - drawn < PACE_MS) return;
      drawn = time;
      visible = true;
      const line = total > 0 ? `${stage}: ${done} of ${total}` : stage;
      // A terminal that does not know its width says 0.
      screen.write(`\r\x1b[K${line.slice(0, (screen.columns || 80) - 1)}`);
    },
    clear: () => {
      if (visible) screen.write('\r\x1b[K');
      visible = false;
      over = true;
    },
  };
}
