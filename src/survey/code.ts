/**
 * A digest of putright's own code: results that another version kept must not be used, even if the package's version number is the same.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compiled } from '../source/index.js';

let known: string | undefined;

/** Returns a digest of this package's modules as they run. It takes some milliseconds, once. */
export function codeDigest(): string {
  if (known === undefined) {
    const hash = createHash('sha1');
    for (const file of modules()) hash.update(`${file}\0`).update(readFileSync(file));
    known = hash.digest('base64');
  }
  return known;
}

/** The files of the running modules: a bundle and those of its threads, or one file per module. */
function modules(): string[] {
  const own = fileURLToPath(import.meta.url);
  if (!/^code\.[jt]s$/.test(basename(own))) return [own, ...['survey/lane.js', 'check/lane.js', 'source/worker.js'].map(compiled)];
  const home = fileURLToPath(new URL('..', import.meta.url));
  const files = readdirSync(home, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => /\.[jt]s$/.test(file) && !file.endsWith('.d.ts'))
    .sort()
    .map((file) => `${home}${file}`);
}
