/**
 * A digest of putright's own code: results that another version kept must not be used, even if the package's version number is the same.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compiled, digestOfParts } from '../source/index.js';

let known: string | undefined;

/** Returns a digest of this package's modules as they run. It takes some milliseconds, once. */
export function codeDigest(): string {
  known ??= digestOfParts(modules().flatMap((file) => [`${file}\0`, readFileSync(file)])).toString('base64');
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
