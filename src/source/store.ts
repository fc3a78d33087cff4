import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIGEST_BYTES, digestOfParts, nameFor } from './digest.js';

/**
 * Values that a later run can use again, each in a file of its own. Losing one only costs time, so any failure to read or write counts as a
 * missing value.
 */
export interface Store {
  /** Returns a value; `null` if there is none. */
  get(key: string): Buffer | null;
  /** Keeps a value. */
  put(key: string, value: Buffer): void;
}

const PREFIX = 'store-';

/** Opens the values of one version below `dir`, and deletes those of all other versions. */
export function openStore(dir: string, version: string): Store {
  const name = PREFIX + nameFor(version);
  const home = join(dir, name);
  quietly(() => {
    mkdirSync(home, { recursive: true });
    for (const other of readdirSync(dir)) {
      if (other.startsWith(PREFIX) && other !== name) rmSync(join(dir, other), { recursive: true, force: true });
    }
  });
  const fileOf = (key: string): string => join(home, digestOfParts([key]).toString('hex'));
  return {
    get(key) {
      const bytes = quietly(() => readFileSync(fileOf(key)));
      if (bytes === undefined || bytes.length < DIGEST_BYTES) return null;
      const value = bytes.subarray(DIGEST_BYTES);
      return seal(key, value).equals(bytes.subarray(0, DIGEST_BYTES)) ? value : null;
    },
    put(key, value) {
      writeWhole(fileOf(key), [seal(key, value), value]);
    },
  };
}

/** Writes a file so that a reader gets the old one or the new one, never a part. Returns false if it could not. */
export function writeWhole(file: string, parts: readonly Uint8Array[]): boolean {
  const draft = `${file}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`;
  const done = quietly(() => {
    writeFileSync(draft, Buffer.concat(parts));
    renameSync(draft, file);
    return true;
  });
  if (done !== true) quietly(() => rmSync(draft, { force: true }));
  return done === true;
}

/** The key is part of the digest, so that a value can never be taken for that of another key. */
function seal(key: string, value: Uint8Array): Buffer {
  return digestOfParts([`${Buffer.byteLength(key)}:${key}`, value]);
}

function quietly<T>(what: () => T): T | undefined {
  try {
    return what();
  } catch {
    return undefined;
  }
}
