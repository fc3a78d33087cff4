/** Which code works things out: what another version of it kept is not used, be the package's number the same. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compiled } from '../source/index.js';

let known: string | undefined;

/** A digest of this package's modules as they run; some milliseconds, once. */
export function codeDigest(): string {
  if (known === undefined) {
    const hash = createHash('sha1');
    for (const file of modules()) hash.update(`${file}\0`).update(readFileSync(file));
    known = hash.digest('base64');
  }
  return known;
}

/** The files of the modules that run: a bundle, and those of its threads, or one each. */
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
