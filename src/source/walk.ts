import { lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { errorCode, reason, type SourceWarning } from './errors.js';
import { type Listings, noListings } from './listings.js';
import { inOrder } from './order.js';

/** True for the names of C files: `.c` and `.h`. */
function isC(name: string): boolean {
  return name.endsWith('.c') || name.endsWith('.h');
}

/**
 * Yields the C files below `root`, relative to it, in the order of their bytes, directory by directory.
 *
 * Links to directories are not followed: the target is either in the tree, and found there under its own name, or outside of it. The same
 * goes for a link to a file, unless only the link's name is that of a C file.
 */
export function* walk(root: string, warnings: SourceWarning[], listings: Listings = noListings): Generator<string[]> {
  const top = realpathSync(root);
  const linked = new Set<string>();
  const stack = [''];
  for (let dir = stack.pop(); dir !== undefined; dir = stack.pop()) {
    // The files and subdirectories of a directory must be sorted together by name, so a listing is cut at each subdirectory: what comes
    // after it waits on the stack.
    if (!dir.endsWith('/') && dir !== '') {
      yield dir.split('\0');
      continue;
    }
    const names = listings.known(dir) ?? list(root, top, dir, linked, warnings, listings);
    const parts: string[] = [];
    let run: string[] = [];
    for (const name of names) {
      if (!name.endsWith('/')) run.push(name);
      else {
        if (run.length > 0) parts.push(run.join('\0'));
        run = [];
        parts.push(name);
      }
    }
    if (run.length > 0) parts.push(run.join('\0'));
    for (let k = parts.length - 1; k >= 0; k--) stack.push(parts[k] as string);
  }
}

/** True if the tree has the same files and directories as before. Most directories need not be read to tell. */
export function isAsBefore(root: string, warnings: SourceWarning[], listings: Listings): boolean {
  const top = realpathSync(root);
  const linked = new Set<string>();
  const said: SourceWarning[] = [];
  const same = listings.unchanged((dir) => list(root, top, dir, linked, said, listings));
  if (same) warnings.push(...said);
  return same;
}

/** The C files and the subdirectories (with a `/`) of one directory, as paths from the root. */
function list(root: string, top: string, dir: string, linked: Set<string>, warnings: SourceWarning[], listings: Listings): string[] {
  const names: string[] = [];
  const warned = warnings.length;
  try {
    for (const entry of readdirSync(`${root}/${dir}`, { withFileTypes: true })) {
      const { name } = entry;
      const path = dir + name;
      if (name.includes('\uFFFD') && !present(`${root}/${path}`)) {
        warnings.push({ file: path, why: 'left out: its name is not valid UTF-8' });
      } else if (entry.isDirectory()) {
        if (name !== '.git') names.push(`${path}/`);
      } else if (entry.isFile()) {
        if (isC(name)) names.push(path);
      } else if (entry.isSymbolicLink()) {
        listings.unsettled(dir);
        if (keepsLink(root, top, path, linked, warnings)) names.push(path);
      } else if (isC(name)) warnings.push({ file: path, why: 'left out: not a regular file' });
    }
  } catch (error) {
    warnings.push({ file: dir === '' ? '.' : dir, why: `directory left out: ${reason(error)}` });
  }
  if (warnings.length > warned) listings.unsettled(dir);
  return inOrder(names);
}

function present(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** True if a symbolic link is itself to be read as a C file. */
function keepsLink(root: string, top: string, path: string, linked: Set<string>, warnings: SourceWarning[]): boolean {
  let target: string;
  try {
    target = realpathSync(`${root}/${path}`);
    const inside = target === top || target.startsWith(top === '/' ? top : `${top}/`);
    const stat = statSync(target);
    if (!inside) {
      if (stat.isDirectory() || isC(path)) warnings.push({ file: path, why: 'link not followed: it leads out of the tree' });
      return false;
    }
    if (!stat.isFile() || !isC(path) || isC(target) || linked.has(target)) return false;
  } catch (error) {
    const why = errorCode(error) === 'ENOENT' ? 'a symbolic link to nothing' : reason(error);
    if (isC(path) || errorCode(error) === 'ELOOP') warnings.push({ file: path, why });
    return false;
  }
  linked.add(target);
  return true;
}
