import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';

const made: string[] = [];

afterAll(() => {
  for (const dir of made) rmSync(dir, { recursive: true, force: true });
});

/** An empty directory that goes away after the tests of this file. */
export function emptyDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'putright-source-'));
  made.push(dir);
  return dir;
}

/** A tree with these files. */
export function plant(files: Readonly<Record<string, string | Uint8Array>>): string {
  const dir = emptyDir();
  for (const [name, text] of Object.entries(files)) put(dir, name, text);
  return dir;
}

/** Writes one file of a tree, directories and all. */
export function put(dir: string, name: string, text: string | Uint8Array): void {
  const path = join(dir, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** So many small files that threads are used. */
export function manyFiles(count = 2500): Record<string, string> {
  const files: Record<string, string> = {};
  for (let k = 0; k < count; k++) {
    files[`d${k % 37}/f${k}.c`] = `struct s${k % 11} { int a; };\nint f${k}(int x) { return g${k % 101}(x)->m${k % 13}; }\n`;
  }
  return files;
}
