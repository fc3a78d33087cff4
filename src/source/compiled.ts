import { fileURLToPath } from 'node:url';

/**
 * A file of the compiled package, also for a module that runs from its TypeScript source, as in tests: threads start from there.
 * The bundles of `npm run build` stand two folders below the package's top, as this module does.
 */
export function compiled(path: string): string {
  return fileURLToPath(new URL(`../../dist/${path}`, import.meta.url));
}
