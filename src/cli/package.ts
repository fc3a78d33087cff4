/** What the program knows of its own package. It works the same from `src/`, from `dist/` and from an installed tarball. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../../', import.meta.url);

/** The version that `package.json` states. */
export function version(): string {
  const parsed: unknown = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
  return typeof parsed === 'object' && parsed !== null && 'version' in parsed ? String(parsed.version) : 'unknown';
}

/** The tree that is used if none is named. */
export const examples = fileURLToPath(new URL('examples/', root)).replace(/\/$/, '');
