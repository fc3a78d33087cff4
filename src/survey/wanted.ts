/** Selects the files of a tree that are surveyed. */
import picomatch from 'picomatch';
import { type Tree, TreeError } from '../source/index.js';

/** Makes the test whether a file matches one of the globs; a folder's name matches all that is in it. Without globs every file matches. */
export function wantedFiles(globs: readonly string[] = []): (file: string) => boolean {
  if (globs.length === 0) return () => true;
  const matches = picomatch(globs.flatMap(withFolder), { dot: true });
  return (file) => matches(file);
}

/** `drivers/gpu`, or `./drivers/gpu/` as a shell completes it, stands for all that is in it. */
function withFolder(glob: string): string[] {
  const path = glob.replace(/^(\.\/+)+/, '').replace(/\/+$/, '');
  return glob.startsWith('!') || path === '' ? [glob] : [path, `${path}/**`];
}

/**
 * Checks that the globs match some file of the tree; a result without any files would say nothing.
 *
 * @throws TreeError if they match none
 */
export function assureMatches({ root, files }: Tree, globs: readonly string[] = []): void {
  if (files.some(wantedFiles(globs))) return;
  const given = globs.map((glob) => `'${glob}'`).join(', ');
  throw new TreeError(
    `no C file of ${root} matches ${given}: give a file, a folder or a glob relative to the tree, such as 'drivers/gpu/**'`,
  );
}
