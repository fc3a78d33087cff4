/** Where the result goes: the standard output, or a file that is there whole or not at all. */
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  lstatSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { exitCodes, Failure, reasonOf } from './failure.js';

function stat(file: string): Stats | null {
  return statSync(file, { throwIfNoEntry: false }) ?? null;
}

/** Where a file that is not there would be made: where its links, if it is one, lead to. */
function linkedTo(file: string): string {
  let place = resolve(file);
  // A circle of links is an error of the system's before this.
  while (lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink()) place = resolve(dirname(place), readlinkSync(place));
  return place;
}

function cannotWrite(file: string, error: unknown): Failure {
  return new Failure(`cannot write ${file}: ${reasonOf(error)}`);
}

/** Fails before the work begins if the file could not be written at its end. */
export function checkWritable(file: string): void {
  try {
    const known = stat(file);
    if (known?.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
    if (known) accessSync(file, constants.W_OK);
    if (!known || known.isFile()) accessSync(dirname(known ? realpathSync(file) : linkedTo(file)), constants.W_OK);
  } catch (error) {
    throw cannotWrite(file, error);
  }
}

/**
 * Writes the file next to its place and moves it there, so that no reader and no crash finds half of it. All in one go:
 * Ctrl-C is heard before it or after it, never in between.
 */
export function writeWhole(file: string, content: string | Uint8Array): void {
  holdInterrupts();
  let temporary: string | null = null;
  try {
    const known = stat(file);
    // A device or a named pipe is written to, not replaced.
    if (known && !known.isFile()) {
      writeFileSync(file, content);
      return;
    }
    // A link keeps pointing to its file, and the file keeps its mode.
    const target = known ? realpathSync(file) : linkedTo(file);
    temporary = join(dirname(target), `.${basename(target).slice(0, 100)}.${randomBytes(6).toString('hex')}.tmp`);
    writeFileSync(temporary, content, { flag: 'wx', ...(known ? { mode: known.mode & 0o777 } : {}) });
    // As it was, and not what the process's mask leaves of it.
    if (known) chmodSync(temporary, known.mode & 0o777);
    renameSync(temporary, target);
  } catch (error) {
    if (temporary !== null) rmSync(temporary, { force: true });
    throw cannotWrite(file, error);
  }
}

/**
 * A reader that has seen enough (`| head`) ends the program quietly, with the exit code that it has by then; whoever prints
 * sets that first. A result that cannot be written otherwise is a failure, whatever was found. Nobody need read the warnings.
 */
export function heedReaders(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    process.exitCode = exitCodes.failed;
    process.stderr.write(`putright: cannot write the result: ${reasonOf(error)}\n`);
  });
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.exitCode = exitCodes.failed;
  });
}

function interrupted(): never {
  process.exit(exitCodes.interrupted);
}

/**
 * From now on Ctrl-C is heard between two pieces of work, not in the midst of one; only for work that leaves the main thread
 * free, or is short.
 */
export function holdInterrupts(): void {
  if (!process.listeners('SIGINT').includes(interrupted)) process.on('SIGINT', interrupted);
}

/** Where a result goes. */
export interface Destination {
  /** Null for the standard output. */
  file: string | null;
  give: (content: string | Uint8Array) => Promise<void>;
}

/** The place that `-o` names, the standard output for `-` and for none. Fails if nothing could be written there, before the work begins. */
export function destinationOf(output: string | undefined): Destination {
  const file = output === undefined || output === '-' ? null : output;
  if (file !== null) checkWritable(file);
  return { file, give: async (content) => (file === null ? print(content) : writeWhole(file, content)) };
}

/** Writes to the standard output; resolves when the system has taken all of it. */
export function print(content: string | Uint8Array): Promise<void> {
  return new Promise((done) => {
    process.stdout.write(content, () => done());
  });
}
