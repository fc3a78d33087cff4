import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, readFileSync, readSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DIGEST_BYTES, digestOfParts, nameFor } from './digest.js';
import type { TurnedIndex } from './join.js';
import { ENDS, fileNumbers, numberBytes } from './postings.js';
import { STAMP } from './stamp.js';
import { writeWhole } from './store.js';

/** An index as it is kept, with its name: a digest, which no other index has. */
export interface KeptIndex {
  index: TurnedIndex;
  name: string;
}

/** Keeps the index of one tree for the next run. */
export interface TreeCache {
  /** Returns the index that an earlier run has left; `undefined` if there is nothing usable. */
  load(): KeptIndex | undefined;
  /** Keeps an index; returns its name. */
  save(index: TurnedIndex): string;
}

/** To be increased when what a scanner lists, or how this file writes it, changes. */
const FORMAT = 5;
const MAGIC = 0x70757472;
/**
 * A digest, then six numbers: magic, files, entries, bytes of file names, directories, bytes of directory names. The length is a multiple
 * of 8.
 */
const HEADER = 48;

/** Opens the cache of the tree at `root` in the directory `dir`. A failure of the cache only costs time. */
export function openCache(dir: string, root: string): TreeCache {
  const tree = `tree-${nameFor(realpathSync(root))}-`;
  const name = `${tree}${nameFor(`${version()} ${FORMAT}`)}.bin`;
  const file = join(dir, name);
  return {
    load() {
      try {
        return decode(readShared(file));
      } catch {
        return undefined;
      }
    },
    save(index) {
      try {
        mkdirSync(dir, { recursive: true });
        // Removes what other versions have left for this tree.
        for (const other of readdirSync(dir)) {
          if (other.startsWith(tree) && other.endsWith('.bin') && other !== name) rmSync(join(dir, other), { force: true });
        }
      } catch {
        // writeWhole notices it.
      }
      const parts = encode(index);
      writeWhole(file, parts);
      return nameIn(parts[0] as Buffer);
    },
  };
}

/** Reads a file into shared memory, for all threads. */
function readShared(file: string): Buffer {
  const fd = openSync(file, 'r');
  try {
    const raw = Buffer.from(new SharedArrayBuffer(fstatSync(fd).size));
    for (let at = 0; at < raw.length; ) {
      const read = readSync(fd, raw, at, raw.length - at, at);
      if (read === 0) break;
      at += read;
    }
    return raw;
  } finally {
    closeSync(fd);
  }
}

function encode({ files, stamps, turned, directories }: TurnedIndex): Uint8Array[] {
  const names = Buffer.from(files.join('\0'));
  const directoryNames = Buffer.from(directories.names.join('\0'));
  const header = Buffer.alloc(HEADER);
  [MAGIC, files.length, turned.hashes.length, names.length, directories.names.length, directoryNames.length].forEach((number, k) => {
    header.writeUInt32LE(number, DIGEST_BYTES + 4 * k);
  });
  const arrays = [stamps, directories.stamps, turned.ends, turned.hashes, turned.files];
  const parts = [header, ...arrays.map(bytes), names, directoryNames];
  // Of everything, with zeros in the digest's own place.
  digestOfParts(parts).copy(header);
  return parts;
}

function decode(raw: Buffer): KeptIndex | undefined {
  if (raw.length < HEADER) return undefined;
  const numbers = [0, 1, 2, 3, 4, 5].map((k) => raw.readUInt32LE(DIGEST_BYTES + 4 * k));
  const [magic, count, entries, nameBytes, directoryCount, directoryBytes] = numbers as [number, number, number, number, number, number];
  const stampsEnd = HEADER + 8 * STAMP * count;
  const directoriesEnd = stampsEnd + 8 * STAMP * directoryCount;
  const endsEnd = directoriesEnd + 4 * ENDS;
  const hashesEnd = endsEnd + 4 * entries;
  const filesEnd = hashesEnd + numberBytes(count) * entries;
  const namesEnd = filesEnd + nameBytes;
  if (magic !== MAGIC || raw.length !== namesEnd + directoryBytes) return undefined;
  const name = nameIn(raw);
  if (digestOfParts([Buffer.alloc(DIGEST_BYTES), raw.subarray(DIGEST_BYTES)]).toString('hex') !== name) return undefined;
  const { buffer } = raw;
  const index: TurnedIndex = {
    files: raw.toString('utf8', filesEnd, namesEnd).split('\0'),
    stamps: new Float64Array(buffer, HEADER, STAMP * count),
    turned: {
      ends: new Uint32Array(buffer, directoriesEnd, ENDS),
      hashes: new Uint32Array(buffer, endsEnd, entries),
      files: fileNumbers(count, buffer, hashesEnd, entries),
      patch: null,
    },
    directories: {
      names: directoryCount === 0 ? [] : raw.toString('utf8', namesEnd).split('\0'),
      stamps: new Float64Array(buffer, stampsEnd, STAMP * directoryCount),
    },
    problems: [],
  };
  return { index, name };
}

/** The digest at the beginning, in hex. */
function nameIn(raw: Buffer): string {
  return raw.toString('hex', 0, DIGEST_BYTES);
}

function bytes(array: Float64Array | Uint16Array | Uint32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** The version of putright. */
function version(): string {
  const description: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return description instanceof Object && 'version' in description ? String(description.version) : '';
}
