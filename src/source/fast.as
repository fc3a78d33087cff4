// The fast half of scan.ts, in AssemblyScript (TypeScript's syntax, WebAssembly's types): looking at 16 bytes at a time is
// the only way to look at 1.3 GB in well under a second. It does what scan.ts does for the plain cases, and leaves the rest
// (comments between the tokens, attributes) to it as a list of positions. test/source/scan.test.ts holds both to the same
// answer. After a change: node src/source/make-fast.mjs

const WORD: u8 = 1;
const BLANK: u8 = 2;
const DIGIT: u8 = 4;

const CALL: u32 = 0x811c9dc5;
const DEFINITION: u32 = 0x3c6ef372;
const FIELD: u32 = 0x2f0b4f37;
const STRUCT: u32 = 0x5bd1e995;

// The memory, in bytes: classes of bytes, 16 zeros and 16 times 0xff, set, hashes, positions, text.
const CLASSES: usize = 0x2000;
const MASKS: usize = 0x2100;
const SET: usize = 0x10000;
const SET_BITS: u32 = 12;
const HASHES: usize = 0x40000;
const LATER: usize = 0x80000;
/** How many entries the two lists hold. */
const ROOM: u32 = 0xfff0;
/** Where the text begins; zeros are before it and have to be behind it. */
export const TEXT: usize = 0x100000;

let hashes: u32 = 0;
let later: u32 = 0;

/** How many hashes the last `scan` left at 0x40000. */
export function hashCount(): u32 {
  return hashes;
}

/** How many positions the last `scan` left at 0x80000. */
export function laterCount(): u32 {
  return later;
}

/** Sets what a byte is. */
export function classify(byte: u32, kind: u32): void {
  store<u8>(CLASSES + byte, <u8>kind);
  memory.fill(MASKS + 16, 0xff, 16);
}

/** Has to be called before the first `scan` of a file. */
export function begin(): void {
  memory.fill(SET, 0, 4 << SET_BITS);
  without = 0;
  having = 0;
  lineStart = TEXT;
  lineKnown = TEXT;
}

// What a byte has to be, by its lower half, to be `(`, `{` or `.`; no byte with a lower half of 0 or 1 is wanted.
const WANTED = i8x16(1, 0, 0, 0, 0, 0, 0, 0, 0x28, 0, 0, 0x7b, 0, 0, 0x2e, 0);

// @ts-ignore: decorator
@inline
function marks(at: usize): u64 {
  const now = v128.load(at);
  const arrow = v128.and(i8x16.eq(now, i8x16.splat(0x3e)), i8x16.eq(v128.load(at - 1), i8x16.splat(0x2d)));
  const one = i8x16.eq(v128.swizzle(WANTED, v128.and(now, i8x16.splat(0x0f))), now);
  return <u64>(<u32>i8x16.bitmask(v128.or(arrow, one)));
}

/** Scans from `from` until `to` or until a list is full; returns where to go on. */
export function scan(from: usize, to: usize): usize {
  hashes = 0;
  later = 0;
  let at = from;
  while (at < to) {
    let bits = marks(at) | (marks(at + 16) << 16) | (marks(at + 32) << 32) | (marks(at + 48) << 48);
    while (bits != 0) {
      mark(at + <usize>ctz(bits));
      bits &= bits - 1;
    }
    at += 64;
    if (hashes > ROOM - 192 || later > ROOM - 64) break;
  }
  return at;
}

// @ts-ignore: decorator
@inline
function mark(at: usize): void {
  const byte = load<u8>(at);
  if (byte == 0x28) call(at);
  else if (byte == 0x7b) brace(at);
  else field(at + 1, at);
}

function leave(at: usize): void {
  store<u32>(LATER + (later << 2), <u32>at);
  later++;
}

// One bit for each of the 16 bytes that is a letter, a digit or `_`.
// @ts-ignore: decorator
@inline
function wordBits(bytes: v128): u32 {
  const letter = i8x16.le_u(i8x16.sub(v128.or(bytes, i8x16.splat(0x20)), i8x16.splat(0x61)), i8x16.splat(25));
  const digit = i8x16.le_u(i8x16.sub(bytes, i8x16.splat(0x30)), i8x16.splat(9));
  return <u32>i8x16.bitmask(v128.or(v128.or(letter, digit), i8x16.eq(bytes, i8x16.splat(0x5f))));
}

let wordStart: usize = 0;

// Hashes the word that ends before `end` as hash.ts does, 16 bytes at a time from its end, and sets `wordStart`.
// @ts-ignore: decorator
@inline
function hashWord(end: usize, seed: u32): u32 {
  let i = end;
  let hash = seed;
  for (;;) {
    const bytes = v128.load(i - 16);
    const length = <usize>(clz((~wordBits(bytes) << 16) | 0x8000));
    i -= length;
    let mix = v128.xor(v128.and(bytes, v128.load(MASKS + length)), i32x4.splat(hash));
    mix = i32x4.mul(mix, i32x4(0x01000193, 0x2c1b3c6d, 0x297a2d39, 0x1b873593));
    mix = v128.xor(mix, i32x4.shr_u(mix, 15));
    mix = i32x4.mul(mix, i32x4(0x165667b1, 0x0f4d7a35, 0x4cf5ad43, 0x27d4eb2f));
    mix = v128.xor(mix, i32x4.shr_u(mix, 13));
    mix = i32x4.add(mix, i8x16.shuffle(mix, mix, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
    hash = i32x4.extract_lane(mix, 0) + i32x4.extract_lane(mix, 1);
    if (length < 16) break;
  }
  wordStart = i;
  return hash;
}

// The ends of the two joined lines that were last searched for `//`, one without and one with, so that a long macro is
// not searched again at each of its line breaks.
let without: usize = 0;
let having: usize = 0;

// Whether a `//` is in the line that ends at `end`; lines joined by a backslash are one.
function hasLineComment(end: usize): bool {
  let k = end - 1;
  for (; k != without; k--) {
    const byte = load<u8>(k);
    if (byte == 0x0a) {
      const joint = load<u8>(k - 1);
      if (joint != 0x5c && (joint != 0x0d || load<u8>(k - 2) != 0x5c)) break;
    }
    if (k == having || (byte == 0x2f && load<u8>(k - 1) == 0x2f)) {
      having = end;
      return true;
    }
    if (k < TEXT) break;
  }
  without = end;
  return false;
}

// Goes back over blanks and line breaks. The place where the token before `at` ends; 0 if there is a comment to be
// looked at, or may be.
function placeBefore(at: usize): usize {
  let i = at;
  for (;;) {
    const byte = load<u8>(i - 1);
    if (byte == 0x20 || byte == 0x09 || byte == 0x0d) i--;
    else if (byte == 0x0a) {
      i--;
      if (hasLineComment(i)) return 0;
    } else if (byte == 0x5c && (load<u8>(i) == 0x0a || load<u8>(i) == 0x0d)) i--;
    else if (load<u8>(CLASSES + byte) & BLANK || byte == 0x5c || (byte == 0x2f && load<u8>(i - 2) == 0x2a)) return 0;
    else return i;
  }
  return 0;
}

// The line that was last asked about: where it starts, and how far it is known to go on. A long line is not searched again
// at each of its brackets.
let lineStart: usize = 0;
let lineKnown: usize = 0;

// True on a line that begins in column one, and not with a comment.
function isOutside(at: usize): bool {
  if (at < lineStart || at > lineKnown) {
    let start = at;
    for (;;) {
      const breaks = <u32>i8x16.bitmask(i8x16.eq(v128.load(start - 16), i8x16.splat(0x0a)));
      start -= 16;
      if (breaks != 0) {
        start += 32 - clz(breaks);
        break;
      }
      if (start <= lineKnown && at > lineKnown) {
        start = lineStart;
        break;
      }
      if (start <= TEXT) {
        start = TEXT;
        break;
      }
    }
    lineStart = start;
    lineKnown = at;
  }
  const first = load<u8>(lineStart);
  return first > 0x20 && first != 0x2a && first != 0x2f;
}

function wordEnd(start: usize): usize {
  let i = start;
  let length: usize;
  do {
    length = <usize>ctz(~wordBits(v128.load(i)) | 0x10000);
    i += length;
  } while (length == 16);
  return i;
}

// The word behind a bracket: what some macros define.
function behind(at: usize): void {
  let start = at;
  while (load<u8>(start) == 0x20 || load<u8>(start) == 0x09) start++;
  const kind = load<u8>(CLASSES + load<u8>(start));
  if (kind & WORD && !(kind & DIGIT)) add(hashWord(wordEnd(start), DEFINITION));
}

// @ts-ignore: decorator
@inline
function call(at: usize): void {
  const outside = isOutside(at);
  if (outside) behind(at + 1);
  let end = at;
  const byte = load<u8>(at - 1);
  const kind = load<u8>(CLASSES + byte);
  if (!(kind & WORD)) {
    if (!(kind & BLANK) && byte != 0x2f) return;
    end = placeBefore(at);
    if (end == 0) {
      leave(at);
      return;
    }
    if (!(load<u8>(CLASSES + load<u8>(end - 1)) & WORD)) return;
  }
  const hash = hashWord(end, CALL);
  if (load<u8>(CLASSES + load<u8>(wordStart)) & DIGIT) return;
  add(hash);
  if (end == at ? outside : isOutside(wordStart)) add(hashWord(end, DEFINITION));
}

// `struct tag {` and `union tag {` as they are written nearly always; what has more words, or comments, is left.
function brace(at: usize): void {
  // ") {" and "= {" are most of them.
  const before = load<u16>(at - 2);
  if (before == 0x2029 || before == 0x203d) return;
  const place = placeBefore(at);
  if (place == 0) {
    leave(at);
    return;
  }
  if (!(load<u8>(CLASSES + load<u8>(place - 1)) & WORD)) return;
  const hash = hashWord(place, STRUCT);
  let i = wordStart - 1;
  // "do {", "else {", "enum {", "union {" and "struct {" are most of the rest.
  const length = place - wordStart;
  const four = load<u32>(wordStart);
  if (length == 2 && (four & 0xffff) == 0x6f64) return;
  if (length == 4 && (four == 0x65736c65 || four == 0x6d756e65)) return;
  if (length == 5 && four == 0x6f696e75 && load<u8>(wordStart + 4) == 0x6e) return;
  if (length == 6 && four == 0x75727473 && load<u16>(wordStart + 4) == 0x7463) return;
  let byte = load<u8>(i);
  while (byte == 0x20 || byte == 0x09) byte = load<u8>(--i);
  const kind = load<u8>(CLASSES + byte);
  if (byte == 0x74 && load<u32>(i - 5) == 0x75727473 && load<u8>(i - 1) == 0x63) {
    if (!(load<u8>(CLASSES + load<u8>(i - 6)) & WORD)) {
      add(hash);
      return;
    }
  } else if (byte == 0x6e && load<u32>(i - 4) == 0x6f696e75) {
    if (!(load<u8>(CLASSES + load<u8>(i - 5)) & WORD)) {
      add(hash);
      return;
    }
  } else if (byte == 0x6d && load<u32>(i - 3) == 0x6d756e65) {
    if (!(load<u8>(CLASSES + load<u8>(i - 4)) & WORD)) return;
  }
  if (kind & (WORD | BLANK) || byte == 0x5c || byte == 0x2f || byte == 0x29) leave(at);
}

// @ts-ignore: decorator
@inline
function field(start: usize, at: usize): void {
  let i = start;
  let byte = load<u8>(i);
  let kind = load<u8>(CLASSES + byte);
  while (kind & BLANK) {
    byte = load<u8>(++i);
    kind = load<u8>(CLASSES + byte);
  }
  if (kind & WORD) {
    if (kind & DIGIT) return;
    add(hashWord(wordEnd(i), FIELD));
  } else if (byte == 0x2f) {
    if (load<u8>(i + 1) == 0x2f || load<u8>(i + 1) == 0x2a) leave(at);
  } else if (byte == 0x5c) {
    if (load<u8>(CLASSES + load<u8>(i + 1)) & BLANK) leave(at);
  }
}

// The set has one place for each value of some bits: of two that meet there, each puts out the other, and a hash is
// listed again. That does no harm, and in most files nothing meets.
// @ts-ignore: decorator
@inline
function add(raw: u32): void {
  const hash = raw == 0 ? 1 : raw;
  const slot = SET + (<usize>(hash & ((1 << SET_BITS) - 1)) << 2);
  if (load<u32>(slot) == hash) return;
  store<u32>(slot, hash);
  store<u32>(HASHES + (hashes << 2), hash);
  hashes++;
}
