import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { visible } from '../report/visible.js';
import { Failure, reasonOf } from './failure.js';

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/**
 * Makes the folder of `--cache` if it is not there. What goes wrong in the folder later only costs time. But if it cannot be made, every
 * run would be slow and nobody would know why.
 *
 * @throws Failure
 */
export function makeCache(dir: string): void {
  try {
    make(resolve(dir));
  } catch (error) {
    throw new Failure(`cannot keep results in ${visible(dir)}: ${reasonOf(error)}`);
  }
}

/** Makes a folder and its parents one at a time. Node 20's `recursive` never returns where no folder can be made, as in /proc. */
function make(dir: string): void {
  if (isFolder(dir)) return;
  make(dirname(dir));
  try {
    mkdirSync(dir);
  } catch (error) {
    // Another run may have made it meanwhile.
    if (!isFolder(dir)) throw error;
  }
}
