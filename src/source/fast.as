// The fast half of scan.ts, in AssemblyScript (TypeScript's syntax, WebAssembly's types), because 16 bytes at a time is
// the only way to look at 1.3 GB in half a second. It does what scan.ts does for the plain cases and leaves the rest (comments
// between the tokens, attributes) to it as a list of positions. test/source/scan.test.ts holds both to the same answer.
//
// After a change, make fast-wasm.ts anew:
//   cp src/source/fast.as /tmp/fast.ts && npx --package=assemblyscript@0.28 asc /tmp/fast.ts -O3 --noAssert --runtime stub \
//     --enable simd --initialMemory 64 --memoryBase 4096 -o /tmp/fast.wasm && base64 -w 100 /tmp/fast.wasm

const WORD: u8 = 1;
const BLANK: u8 = 2;
const DIGIT: u8 = 4;

const CALL: u32 = 0x811c9dc5;
const FIELD: u32 = 0x2f0b4f37;
const STRUCT: u32 = 0x5bd1e995;
const PRIME: u32 = 0x01000193;

// The memory, in bytes: classes of bytes, set of hashes (generation in the upper half), hashes, positions, text.
const CLASSES: usize = 0x2000;
const SET: usize = 0x10000;
const SET_BITS: u32 = 14;
const HASHES: usize = 0x40000;
const LATER: usize = 0x80000;
/** How many entries the two lists hold. */
const ROOM: u32 = 0xfff0;
/** Where the text begins; zeros are before it and have to be behind it. */
export const TEXT: usize = 0x100000;

let generation: u64 = 0;
let used: u32 = 0;
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
}

/** Has to be called before the first `scan` of a file. */
export function begin(): void {
  generation++;
  used = 0;
}

/** Scans from `from` until `to` or until a list is full; returns where to go on. `from` is 16-aligned. */
export function scan(from: usize, to: usize): usize {
  hashes = 0;
  later = 0;
  const open = i8x16.splat(0x28);
  const brace = i8x16.splat(0x7b);
  const dot = i8x16.splat(0x2e);
  const more = i8x16.splat(0x3e);
  const minus = i8x16.splat(0x2d);
  const space = i8x16.splat(0x20);
  const close = i8x16.splat(0x29);
  const equal = i8x16.splat(0x3d);
  let at = from;
  while (at < to) {
    const now = v128.load(at);
    const back = v128.load(at - 1);
    // Most braces are ") {" and "= {": no tag there.
    const back2 = v128.load(at - 2);
    const noTag = v128.and(i8x16.eq(back, space), v128.or(i8x16.eq(back2, close), i8x16.eq(back2, equal)));
    let bits: u32 = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(now, open), i8x16.eq(now, dot)),
        v128.or(
          v128.andnot(i8x16.eq(now, brace), noTag),
          v128.and(i8x16.eq(now, more), i8x16.eq(back, minus)),
        ),
      ),
    );
    while (bits != 0) {
      const place = at + ctz(bits);
      bits &= bits - 1;
      if (place < to) mark(place);
    }
    at += 16;
    if (hashes > ROOM - 16 || later > ROOM - 16) break;
  }
  return at;
}

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

// Goes back over blanks and line breaks. The place where the token before `at` ends; 0 if there is a comment to be
// looked at, or may be.
function placeBefore(at: usize): usize {
  let i = at;
  for (;;) {
    const byte = load<u8>(i - 1);
    if (byte == 0x20 || byte == 0x09) i--;
    else if (byte == 0x0a) {
      i--;
      // A `//` in the line before? Lines joined by a backslash are one.
      const stop = i - 2000;
      for (let k = i - 1; ; k--) {
        const there = load<u8>(k);
        if (there == 0x0a) {
          const joint = load<u8>(k - 1);
          if (joint != 0x5c && joint != 0x0d) break;
        } else if (there == 0x2f && load<u8>(k - 1) == 0x2f) return 0;
        else if (there == 0) break;
        if (k < stop) return 0;
      }
    } else if (byte == 0x5c && load<u8>(i) == 0x0a) i--;
    else if (load<u8>(CLASSES + byte) & BLANK || byte == 0x5c || (byte == 0x2f && load<u8>(i - 2) == 0x2a)) return 0;
    else return i;
  }
  return 0;
}

function call(at: usize): void {
  let i = at - 1;
  let byte = load<u8>(i);
  let kind = load<u8>(CLASSES + byte);
  if (!(kind & WORD)) {
    if (!(kind & BLANK) && byte != 0x2f) return;
    const place = placeBefore(at);
    if (place == 0) {
      leave(at);
      return;
    }
    i = place - 1;
    byte = load<u8>(i);
    kind = load<u8>(CLASSES + byte);
  }
  let hash = CALL;
  let first = DIGIT;
  while (kind & WORD) {
    hash = (hash ^ byte) * PRIME;
    first = kind;
    byte = load<u8>(--i);
    kind = load<u8>(CLASSES + byte);
  }
  if (!(first & DIGIT)) add(hash);
}

// `struct tag {` and `union tag {` as they are written nearly always; what has more words, or comments, is left.
function brace(at: usize): void {
  const place = placeBefore(at);
  if (place == 0) {
    leave(at);
    return;
  }
  let i = place - 1;
  let byte = load<u8>(i);
  if (!(load<u8>(CLASSES + byte) & WORD)) return;
  let hash = STRUCT;
  while (load<u8>(CLASSES + byte) & WORD) {
    hash = (hash ^ byte) * PRIME;
    byte = load<u8>(--i);
  }
  // "do {" and "else {" are most of the rest.
  const length = place - 1 - i;
  if (length == 2 && load<u16>(i + 1) == 0x6f64) return;
  if (length == 4 && load<u32>(i + 1) == 0x65736c65) return;
  if (byte != 0x20 && byte != 0x09) {
    if (load<u8>(CLASSES + byte) & BLANK || byte == 0x5c || byte == 0x2f || byte == 0x29) leave(at);
    return;
  }
  while (byte == 0x20 || byte == 0x09) byte = load<u8>(--i);
  if (!(load<u8>(CLASSES + load<u8>(i - 6)) & WORD) && load<u32>(i - 5) == 0x75727473 && load<u16>(i - 1) == 0x7463) {
    add(hash);
  } else if (!(load<u8>(CLASSES + load<u8>(i - 5)) & WORD) && load<u32>(i - 4) == 0x6f696e75 && byte == 0x6e) {
    add(hash);
  } else if (load<u8>(CLASSES + byte) & (WORD | BLANK) || byte == 0x5c || byte == 0x2f || byte == 0x29) leave(at);
}

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
    let hash = FIELD;
    while (kind & WORD) {
      hash = (hash ^ byte) * PRIME;
      byte = load<u8>(++i);
      kind = load<u8>(CLASSES + byte);
    }
    add(hash);
  } else if (byte == 0x2f || byte == 0x5c) leave(at);
}

function add(raw: u32): void {
  let hash = (raw ^ (raw >>> 15)) * 0x2c1b3c6d;
  hash ^= hash >>> 13;
  if (hash == 0) hash = 1;
  const entry = (generation << 32) | <u64>hash;
  let slot = hash & ((1 << SET_BITS) - 1);
  for (;;) {
    const there = load<u64>(SET + (<usize>slot << 3));
    if (there == entry) return;
    if (there >>> 32 != generation) break;
    slot = (slot + 1) & ((1 << SET_BITS) - 1);
  }
  store<u64>(SET + (<usize>slot << 3), entry);
  store<u32>(HASHES + (hashes << 2), hash);
  hashes++;
  // A set that fills up begins anew: a repeated hash does no harm.
  if (++used > 1 << (SET_BITS - 1)) begin();
}
