/** A line on the terminal that shows how far the work is; no line in a pipe. */

/** Work that takes less time than this shows no line. */
const PATIENCE_MS = 300;
/** The line is not drawn more often than this. */
const PACE_MS = 80;

/** A progress line that was started. */
export interface Progress {
  /** Shows how far the work is. Can be passed as `SurveyOptions.onProgress`. */
  report: (stage: string, done: number, total: number) => void;
  /** Removes the line; nothing is drawn after that. */
  clear: () => void;
}

/** The part of a stream that the line needs: of the standard error, or of a stand-in. */
export interface Screen {
  isTTY?: boolean;
  columns?: number;
  write: (text: string) => unknown;
}

/** Starts the line if the screen is a terminal. */
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
      // A terminal that does not know its width reports 0.
      screen.write(`\r\x1b[K${line.slice(0, (screen.columns || 80) - 1)}`);
    },
    clear: () => {
      if (visible) screen.write('\r\x1b[K');
      visible = false;
      over = true;
    },
  };
}
