/** Thrown for a tree that cannot be analysed at all: missing, not a directory, or without any C in it. The message is one line. */
export class TreeError extends Error {
  override readonly name = 'TreeError';
}

/** A problem with one file that the user must know about; the run goes on without that file. */
export interface SourceWarning {
  file: string;
  why: string;
}

/** Returns words for a failed system call, short enough for a one-line warning. */
export function reason(error: unknown): string {
  const code = errorCode(error);
  switch (code) {
    case 'ENOENT':
      return 'vanished while the tree was being read';
    case 'EACCES':
    case 'EPERM':
      return 'no permission to read it';
    case 'ELOOP':
      return 'a symbolic link that leads to itself';
    case 'EISDIR':
      return 'became a directory while the tree was being read';
    case 'ENAMETOOLONG':
      return 'its path is too long for the system';
    default:
      return code ?? (error instanceof Error ? error.message : String(error));
  }
}

/** Returns `ENOENT` and the like; `undefined` if the error is not from the system. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
