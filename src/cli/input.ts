import { readFileSync } from 'node:fs';
import { visible } from '../report/visible.js';
import { Failure, reasonOf } from './failure.js';

/** The text of a file that was named. Throws a {@link Failure} that calls the file what it is to be, and says `missing` if there is none. */
export function readNamed(file: string, { as = '', missing = 'there is no such file' } = {}): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new Failure(`cannot read ${as}${visible(file)}: ${isMissing ? missing : reasonOf(error)}`);
  }
}
