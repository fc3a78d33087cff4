import { fileURLToPath } from 'node:url';

/**
 * Returns the path of a file of the compiled package, also for a module that runs from its TypeScript source, as in tests: threads start
 * from compiled files. The bundles of `npm run build` are two folders below the package's top, as this module is.
 */
export function compiled(path: string): string {
  return fileURLToPath(new URL(`../../dist/${path}`, import.meta.url));
}
