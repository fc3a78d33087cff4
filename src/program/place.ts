/** How files lie to each other in a tree. */
import { firstWhere } from '../syntax/sorted.js';

const userSpace = /^(tools|scripts|samples|Documentation|usr)\//;

/** True for files in folders of a kernel tree that hold user-space programs and texts. */
export function outsideKernel(file: string): boolean {
  return userSpace.test(file);
}

/** Folders of the memory manager, the libraries and the core kernel. */
export const coreFolders = /^(mm|lib|kernel)\//;

/** Folders that define the families of calls that all other code uses. */
export const familyFolders = /^(mm|lib|kernel|block)\//;

/** How many candidates `nearestOf` keeps. */
const few = 4;

/** Returns the few candidates nearest to a file, nearest first. */
export function nearestOf(candidates: readonly string[], from: string): string[] {
  if (candidates.length <= 1) return [...candidates];
  // A common field name has thousands of candidates: only those that can be among the few are sorted.
  const best: { file: string; near: number }[] = [];
  for (const file of candidates) {
    const near = nearness(file, from);
    const last = best[few - 1];
    if (last && (near < last.near || (near === last.near && file > last.file))) continue;
    best.push({ file, near });
    best.sort((a, b) => b.near - a.near || (a.file < b.file ? -1 : 1));
    if (best.length > few) best.pop();
  }
  return best.map((c) => c.file);
}

/** Returns the folder of a file, without a slash at the end; `''` at the top. */
export function folderOf(file: string): string {
  const slash = file.lastIndexOf('/');
  return slash < 0 ? '' : file.slice(0, slash);
}

/** True for a file directly in a folder. Fast, because it is asked of thousands of files. */
export function isIn(file: string, folder: string): boolean {
  const end = folder.length;
  if (end === 0) return !file.includes('/');
  return file.charCodeAt(end) === 0x2f && file.startsWith(folder) && file.indexOf('/', end + 1) < 0;
}

/** Matches characters whose order in JavaScript differs from the order of their UTF-8 bytes. */
const beyondBytes = /[\ud800-\uffff]/;

/**
 * Returns the files that are directly in a folder.
 * @param files in the order of their bytes, so that the files in and below a folder are adjacent and can be found by binary search
 */
export function filesIn(files: readonly string[], folder: string): string[] {
  if (folder === '' || beyondBytes.test(folder)) return files.filter((file) => isIn(file, folder));
  const prefix = `${folder}/`;
  const first = firstWhere(files.length, (i) => (files[i] as string) >= prefix);
  const found: string[] = [];
  for (let i = first; i < files.length && (files[i] as string).startsWith(prefix); i++)
    if (isIn(files[i] as string, folder)) found.push(files[i] as string);
  return found;
}

/** True for a file in a folder or below it. */
export function isNear(file: string, folder: string): boolean {
  return isIn(file, folder) || file.startsWith(`${folder}/`);
}

/**
 * Returns how near two files are: the file itself is nearest, then its folder, then by the number of leading folders they share; common
 * headers get a bonus.
 */
export function nearness(a: string, b: string): number {
  if (a === b) return 1000;
  let shared = 0;
  let i = 0;
  for (; i < a.length && i < b.length && a.charCodeAt(i) === b.charCodeAt(i); i++) if (a.charCodeAt(i) === 0x2f) shared++;
  if (a.indexOf('/', i) < 0 && b.indexOf('/', i) < 0) return 500;
  return shared * 2 + (a.startsWith('include/') ? 3 : 0);
}

/** Returns a path without `.`, `..` and empty parts. */
export function normalise(path: string): string {
  // Nearly all paths are in this form already.
  if (!/^\/|\/\/|\/$|(?:^|\/)\.\.?(?:\/|$)/.test(path)) return path;
  const out: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') out.pop();
    else if (part !== '.' && part !== '') out.push(part);
  }
  return out.join('/');
}
