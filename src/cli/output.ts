/** Where the result goes: the standard output, or a file that is there whole or not at all. */
import { randomBytes } from 'node:crypto';
import { accessSync, constants, realpathSync, renameSync, rmSync, type Stats, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Failure, reasonOf } from './failure.js';

function stat(file: string): Stats | null {
  return statSync(file, { throwIfNoEntry: false }) ?? null;
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
    if (!known || known.isFile()) accessSync(dirname(known ? realpathSync(file) : resolve(file)), constants.W_OK);
  } catch (error) {
    throw cannotWrite(file, error);
  }
}

/**
 * Writes the file next to its place and moves it there, so that no reader and no crash finds half of it. All in one go:
 * Ctrl-C is heard before it or after it, never in between.
 */
export function writeWhole(file: string, content: string | Uint8Array): void {
  let temporary: string | null = null;
  try {
    const known = stat(file);
    // A device or a named pipe is written to, not replaced.
    if (known && !known.isFile()) {
      writeFileSync(file, content);
      return;
    }
    // A link keeps pointing to its file, and the file keeps its mode.
    const target = known ? realpathSync(file) : resolve(file);
    temporary = join(dirname(target), `.${basename(target).slice(0, 100)}.${randomBytes(6).toString('hex')}.tmp`);
    writeFileSync(temporary, content, { flag: 'wx', ...(known ? { mode: known.mode & 0o777 } : {}) });
    renameSync(temporary, target);
  } catch (error) {
    if (temporary !== null) rmSync(temporary, { force: true });
    throw cannotWrite(file, error);
  }
}

/** A reader that has seen enough (`| head`) ends the program quietly. */
export function endQuietlyWithoutReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit();
      process.exitCode = 2;
      if (stream === process.stdout) process.stderr.write(`putright: cannot write the result: ${reasonOf(error)}\n`);
    });
  }
}

/** Writes to the standard output; resolves when the system has taken all of it. */
export function print(content: string | Uint8Array): Promise<void> {
  return new Promise((done) => {
    process.stdout.write(content, () => done());
  });
}
