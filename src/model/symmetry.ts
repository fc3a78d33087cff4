/**
 * Symmetry over page frames: states that differ only in which frame is which, or in how often an unreferenced frame was
 * freed before, are one state. Every operation treats all frames alike, so what can follow is the same but for the names.
 */
import {
  CACHE_MASK,
  FRAME_WORDS,
  GENERATION_MASK,
  GENERATION_SHIFT,
  HANDLE_FRAME_SHIFT,
  HANDLE_GENERATION_SHIFT,
  HANDLE_VALID,
  INFO,
  MIGRATING,
  PRESENT,
  PTE_FRAME_SHIFT,
  type State,
} from './layout.js';
import type { Machine } from './machine.js';

/** Makes the function that renames a state's frames in place, in the order in which the state names them. */
export function canonicaliser(m: Machine): (s: State) => void {
  const { frames, spaces, pages, handleCount, firstHandle, tables, objects, frame: first } = m.layout;
  const name = new Int32Array(frames);
  const turn = new Int32Array(frames);
  const old = new Int32Array(frames * FRAME_WORDS);
  const rest: number[] = [];

  const compare = (s: State) => (a: number, b: number) => {
    for (let w = 0; w < FRAME_WORDS; w++) {
      const difference = s[first + a * FRAME_WORDS + w]! - s[first + b * FRAME_WORDS + w]!;
      if (difference !== 0) return difference;
    }
    return a - b;
  };

  return (s) => {
    name.fill(-1);
    let next = 0;
    // Page tables, caches, handles: an order that does not depend on the frames' names.
    for (let space = 0; space < spaces; space++) {
      const word = s[tables + space]!;
      for (let page = 0; page < pages; page++) {
        const pte = (word >>> (page * 8)) & 0xff;
        if ((pte & (PRESENT | MIGRATING)) !== 0 && name[pte >>> PTE_FRAME_SHIFT] === -1) name[pte >>> PTE_FRAME_SHIFT] = next++;
      }
    }
    for (let page = 0; page < pages; page++) {
      const cached = (s[objects + page]! & CACHE_MASK) - 1;
      if (cached >= 0 && name[cached] === -1) name[cached] = next++;
    }
    let handled = 0;
    for (let slot = 0; slot < handleCount; slot++) {
      const handle = (s[firstHandle + (slot >> 1)]! >>> ((slot & 1) * 16)) & 0xffff;
      if ((handle & HANDLE_VALID) === 0) continue;
      const at = (handle >>> HANDLE_FRAME_SHIFT) & 7;
      handled |= 1 << at;
      if (name[at] === -1) name[at] = next++;
    }
    normaliseGenerations(s, handled);
    if (next < frames) {
      rest.length = 0;
      for (let frame = 0; frame < frames; frame++) if (name[frame] === -1) rest.push(frame);
      if (rest.length > 1) rest.sort(compare(s));
      for (const frame of rest) name[frame] = next++;
    }
    let same = true;
    for (let frame = 0; frame < frames; frame++) if (name[frame] !== frame) same = false;
    if (!same) rename(s);
  };

  /** Only whether a handle's generation is the frame's can be told, not which: the difference is kept. */
  function normaliseGenerations(s: State, handled: number): void {
    for (let frame = 0; frame < frames; frame++) {
      const at = first + frame * FRAME_WORDS + INFO;
      turn[frame] = (s[at]! >>> GENERATION_SHIFT) & GENERATION_MASK;
      s[at] = s[at]! & ~(GENERATION_MASK << GENERATION_SHIFT);
    }
    if (handled === 0) return;
    for (let slot = 0; slot < handleCount; slot++) {
      const at = firstHandle + (slot >> 1);
      const shift = (slot & 1) * 16;
      const handle = (s[at]! >>> shift) & 0xffff;
      if ((handle & HANDLE_VALID) === 0) continue;
      const generation = (handle >>> HANDLE_GENERATION_SHIFT) & GENERATION_MASK;
      const relative = (generation - turn[(handle >>> HANDLE_FRAME_SHIFT) & 7]!) & GENERATION_MASK;
      const kept = (handle & ~(GENERATION_MASK << HANDLE_GENERATION_SHIFT)) | (relative << HANDLE_GENERATION_SHIFT);
      s[at] = (s[at]! & ~(0xffff << shift)) | (kept << shift);
    }
  }

  function rename(s: State): void {
    for (let i = 0; i < frames * FRAME_WORDS; i++) old[i] = s[first + i]!;
    for (let frame = 0; frame < frames; frame++) {
      for (let w = 0; w < FRAME_WORDS; w++) s[first + name[frame]! * FRAME_WORDS + w] = old[frame * FRAME_WORDS + w]!;
    }
    for (let space = 0; space < spaces; space++) {
      for (let page = 0; page < pages; page++) {
        const shift = page * 8;
        const pte = (s[tables + space]! >>> shift) & 0xff;
        if ((pte & (PRESENT | MIGRATING)) === 0) continue;
        const renamed = (pte & 0x1f) | (name[pte >>> PTE_FRAME_SHIFT]! << PTE_FRAME_SHIFT);
        s[tables + space] = (s[tables + space]! & ~(0xff << shift)) | (renamed << shift);
      }
    }
    for (let page = 0; page < pages; page++) {
      const cached = (s[objects + page]! & CACHE_MASK) - 1;
      if (cached >= 0) s[objects + page] = (s[objects + page]! & ~CACHE_MASK) | (name[cached]! + 1);
    }
    for (let slot = 0; slot < handleCount; slot++) {
      const at = firstHandle + (slot >> 1);
      const shift = (slot & 1) * 16;
      const handle = (s[at]! >>> shift) & 0xffff;
      if ((handle & HANDLE_VALID) === 0) continue;
      const renamed = (handle & ~(7 << HANDLE_FRAME_SHIFT)) | (name[(handle >>> HANDLE_FRAME_SHIFT) & 7]! << HANDLE_FRAME_SHIFT);
      s[at] = (s[at]! & ~(0xffff << shift)) | (renamed << shift);
    }
  }
}
