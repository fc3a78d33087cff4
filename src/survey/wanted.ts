/** Which files of a tree are surveyed, of those that might be. */
import picomatch from 'picomatch';
import { type Tree, TreeError } from '../source/index.js';

/** True for the files that some globs let through, a folder's name among them; all if there are none. */
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
 * Where no file of a tree is let through, nothing that is said of them means anything.
 *
 * @throws TreeError then
 */
export function assureMatches({ root, files }: Tree, globs: readonly string[] = []): void {
  if (files.some(wantedFiles(globs))) return;
  const given = globs.map((glob) => `'${glob}'`).join(', ');
  throw new TreeError(
    `no C file of ${root} matches ${given}: give a file, a folder or a glob relative to the tree, such as 'drivers/gpu/**'`,
  );
}
