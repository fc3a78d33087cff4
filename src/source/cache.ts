import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TreeIndex } from './join.js';
import { STAMP } from './slice.js';
import { writeWhole } from './store.js';

/** Where the index of one tree waits for the next run. */
export interface TreeCache {
  /** What an earlier run left, or undefined if there is nothing of use. */
  load(): TreeIndex | undefined;
  save(index: TreeIndex): void;
}

/** Goes up when what a scanner lists, or how this file writes it, changes. */
const FORMAT = 2;
const MAGIC = 0x70757472;
const DIGEST = 20;
/** Digest, then magic, files, hashes, bytes of names; the rest is a multiple of 8 from the beginning. */
const HEADER = 40;

/** The cache of the tree at `root` in the directory `dir`. Whatever goes wrong with it costs time, and nothing else. */
export function openCache(dir: string, root: string): TreeCache {
  const tree = `tree-${short(realpathSync(root))}-`;
  const name = `${tree}${short(`${version()} ${FORMAT}`)}.bin`;
  const file = join(dir, name);
  return {
    load() {
      try {
        return decode(readFileSync(file));
      } catch {
        return undefined;
      }
    },
    save(index) {
      try {
        mkdirSync(dir, { recursive: true });
        // What other versions left of this tree.
        for (const other of readdirSync(dir)) {
          if (other.startsWith(tree) && other.endsWith('.bin') && other !== name) rmSync(join(dir, other), { force: true });
        }
      } catch {
        // writeWhole finds out.
      }
      writeWhole(file, encode(index));
    },
  };
}

function encode({ files, stamps, starts, hashes }: TreeIndex): Uint8Array[] {
  const names = Buffer.from(files.join('\0'));
  const header = Buffer.alloc(HEADER);
  [MAGIC, files.length, hashes.length, names.length].forEach((number, k) => {
    header.writeUInt32LE(number, DIGEST + 4 * k);
  });
  const parts = [header, bytes(stamps), bytes(starts), bytes(hashes), names];
  digest(parts).copy(header);
  return parts;
}

function decode(raw: Buffer): TreeIndex | undefined {
  if (raw.length < HEADER || raw.byteOffset % 8 !== 0) return undefined;
  const numbers = [0, 1, 2, 3].map((k) => raw.readUInt32LE(DIGEST + 4 * k));
  const [magic, count, hashCount, nameBytes] = numbers as [number, number, number, number];
  const stampsEnd = HEADER + 8 * STAMP * count;
  const startsEnd = stampsEnd + 4 * (count + 1);
  const hashesEnd = startsEnd + 4 * hashCount;
  if (magic !== MAGIC || raw.length !== hashesEnd + nameBytes) return undefined;
  const said = Buffer.from(raw.subarray(0, DIGEST));
  raw.fill(0, 0, DIGEST);
  if (!digest([raw]).equals(said)) return undefined;
  const at = raw.byteOffset;
  return {
    files: raw.toString('utf8', hashesEnd).split('\0'),
    stamps: new Float64Array(raw.buffer, at + HEADER, STAMP * count),
    starts: new Uint32Array(raw.buffer, at + stampsEnd, count + 1),
    hashes: new Uint32Array(raw.buffer, at + startsEnd, hashCount),
    problems: [],
  };
}

/** Over everything, the digest's own place being zero. */
function digest(parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha1');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function bytes(array: Float64Array | Uint32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function short(text: string): string {
  return createHash('sha1').update(text).digest('hex').slice(0, 16);
}

/** Of putright. */
function version(): string {
  const description: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return description instanceof Object && 'version' in description ? String(description.version) : '';
}
