/** Which code works things out: what another version of it kept is not used, be the package's number the same. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

let known: string | undefined;

/** A digest of this package's modules as they run; some milliseconds, once. */
export function codeDigest(): string {
  if (known === undefined) {
    const home = fileURLToPath(new URL('..', import.meta.url));
    const hash = createHash('sha1');
    const files = readdirSync(home, { recursive: true, encoding: 'utf8' }).filter(
      (file) => /\.[jt]s$/.test(file) && !file.endsWith('.d.ts'),
    );
    for (const file of files.sort()) hash.update(`${file}\0`).update(readFileSync(`${home}/${file}`));
    known = hash.digest('base64');
  }
  return known;
}
