/** Errors for the user, and the exit codes. */

/** Exit codes of every command. */
export const exitCodes = { ok: 0, found: 1, failed: 2, interrupted: 130 } as const;

/** An error that the user can do something about. It says what was being done, to which file, and what to do now. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

/** What codes of the system mean in words, and what to do now. */
const SYSTEM: Readonly<Record<string, string>> = {
  ENOENT: 'the folder does not exist; create it, or name another file',
  ENOTDIR: 'a part of the path is no folder; name another file',
  EACCES: 'no permission; choose a place that you may write to',
  EPERM: 'no permission; choose a place that you may write to',
  EROFS: 'the file system is read-only; choose another place',
  ENOSPC: 'the disk is full; free some space, or choose another place',
  EISDIR: 'it is a folder; name a file in it',
  EEXIST: 'it is a file; name a folder',
  EDQUOT: 'the quota is used up; free some space, or choose another place',
};

/** The reason of a system error, in words. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return SYSTEM[code] ?? (error instanceof Error ? error.message : String(error));
}
