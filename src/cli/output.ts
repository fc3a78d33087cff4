/** Where results go: to the standard output, or to a file that is written as a whole or not at all. */
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

/** The path that would be made by writing to a file which does not exist: where its links lead, if it is one. */
function linkedTo(file: string): string {
  let place = resolve(file);
  // A loop of links has been a system error before this.
  while (lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink()) place = resolve(dirname(place), readlinkSync(place));
  return place;
}

function cannotWrite(file: string, error: unknown): Failure {
  return new Failure(`cannot write ${file}: ${reasonOf(error)}`);
}

/**
 * Fails before any work if the file could not be written at the end.
 * @throws Failure
 */
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
 * Writes a temporary file beside the place and renames it, so that no reader and no crash leaves half of the result. All of that is
 * synchronous, so Ctrl-C is handled before or after it and never in between.
 * @throws Failure
 */
export function writeWhole(file: string, content: string | Uint8Array): void {
  holdInterrupts();
  let temporary: string | null = null;
  try {
    const known = stat(file);
    // A device or a named pipe is written to and not replaced.
    if (known && !known.isFile()) {
      writeFileSync(file, content);
      return;
    }
    // A link goes on pointing to its file, and the file keeps its mode.
    const target = known ? realpathSync(file) : linkedTo(file);
    temporary = join(dirname(target), `.${basename(target).slice(0, 100)}.${randomBytes(6).toString('hex')}.tmp`);
    writeFileSync(temporary, content, { flag: 'wx', ...(known ? { mode: known.mode & 0o777 } : {}) });
    // Sets the mode as it was, since writeFileSync() has applied the umask.
    if (known) chmodSync(temporary, known.mode & 0o777);
    renameSync(temporary, target);
  } catch (error) {
    if (temporary !== null) rmSync(temporary, { force: true });
    throw cannotWrite(file, error);
  }
}

/**
 * Handles errors of the standard streams. A reader that has seen enough (`| head`) ends the program quietly, with the exit code that is set
 * by then; so code that prints sets it first. If the result cannot be written for another reason, the program fails, whatever was found.
 * Warnings need no reader.
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
 * From here on Ctrl-C is handled between two pieces of work, and never within one. Only for work that is short or leaves the main thread
 * free.
 */
export function holdInterrupts(): void {
  if (!process.listeners('SIGINT').includes(interrupted)) process.on('SIGINT', interrupted);
}

/** Where a result goes. */
export interface Destination {
  /** `null` for the standard output. */
  file: string | null;
  /** Writes the result there. */
  give: (content: string | Uint8Array) => Promise<void>;
}

/**
 * The destination that `-o` names: the standard output for `-` and for none.
 * @throws Failure if it cannot be written, before any work
 */
export function destinationOf(output: string | undefined): Destination {
  const file = output === undefined || output === '-' ? null : output;
  if (file !== null) checkWritable(file);
  return { file, give: async (content) => (file === null ? print(content) : writeWhole(file, content)) };
}

/** Writes to the standard output. Resolves when the system has taken all of it. */
export function print(content: string | Uint8Array): Promise<void> {
  return new Promise((done) => {
    process.stdout.write(content, () => done());
  });
}
