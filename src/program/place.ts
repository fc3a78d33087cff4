/** Where files stand to each other in a tree. */

export const userSpace = /^(tools|scripts|samples|Documentation|usr)\//;

/** True for folders of a kernel tree that hold programs and texts, not the kernel. */
export function outsideKernel(file: string): boolean {
  return userSpace.test(file);
}

/** The few candidates nearest to a file, nearest first. */
export function nearestOf(candidates: readonly string[], from: string): string[] {
  if (candidates.length <= 1) return [...candidates];
  return candidates
    .map((file) => ({ file, near: nearness(file, from) }))
    .sort((a, b) => b.near - a.near || (a.file < b.file ? -1 : 1))
    .slice(0, 4)
    .map((c) => c.file);
}

export function folderOf(file: string): string {
  const slash = file.lastIndexOf('/');
  return slash < 0 ? '' : file.slice(0, slash);
}

/** How many leading folders two files share; the file itself is nearest, then its folder, then the common headers. */
export function nearness(a: string, b: string): number {
  if (a === b) return 1000;
  let shared = 0;
  let i = 0;
  for (; i < a.length && i < b.length && a.charCodeAt(i) === b.charCodeAt(i); i++) if (a.charCodeAt(i) === 0x2f) shared++;
  if (a.indexOf('/', i) < 0 && b.indexOf('/', i) < 0) return 500;
  return shared * 2 + (a.startsWith('include/') ? 3 : 0);
}

export function normalise(path: string): string {
  const out: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') out.pop();
    else if (part !== '.' && part !== '') out.push(part);
  }
  return out.join('/');
}
