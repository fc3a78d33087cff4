import { readFileSync } from 'node:fs';
import { visible } from '../report/visible.js';
import { Failure, reasonOf } from './failure.js';

/**
 * The text of a file that was named by the user.
 * @param as what the file is, for the message
 * @param missing what the message says if there is no such file
 * @throws Failure if it cannot be read
 */
export function readNamed(file: string, { as = '', missing = 'there is no such file' } = {}): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new Failure(`cannot read ${as}${visible(file)}: ${isMissing ? missing : reasonOf(error)}`);
  }
}
