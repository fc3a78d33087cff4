/**
 * Symmetry over page frames: states that differ only in which frame is which, or in how often an unreferenced frame was freed before, count
 * as one. Every operation treats all frames alike, so what can follow is the same except for the names.
 */
import {
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
import { cachedAt, frameAt, handleFrame, handleOf, type Machine, pteFrame, pteOf, setCached, setHandle, setPte } from './machine.js';

const namesFrame = (pte: number): boolean => (pte & (PRESENT | MIGRATING)) !== 0;
/** The bits of an entry besides its frame. */
const PTE_BITS = (1 << PTE_FRAME_SHIFT) - 1;
const isHandle = (handle: number): boolean => (handle & HANDLE_VALID) !== 0;

/** Returns the function that renames a state's frames in place, in the order in which the state refers to them. */
export function canonicaliser(m: Machine): (s: State) => void {
  const { frames, spaces, pages, handleCount, frame: first } = m.layout;
  const name = new Int32Array(frames);
  const generations = new Int32Array(frames);
  const old = new Int32Array(frames * FRAME_WORDS);
  const rest: number[] = [];
  let next = 0;

  return (s) => {
    name.fill(-1);
    next = 0;
    normaliseGenerations(s, nameUsed(s));
    if (next < frames) nameRest(s);
    for (let frame = 0; frame < frames; frame++) if (name[frame] !== frame) return rename(s);
  };

  /** Names a frame, unless it has a name already. */
  function call(frame: number): void {
    if (name[frame] === -1) name[frame] = next++;
  }

  /**
   * Names the frames in page tables, caches and handles, whose order does not depend on the frames' names. Returns the frames that have
   * handles, as bits.
   */
  function nameUsed(s: State): number {
    for (let space = 0; space < spaces; space++) {
      for (let page = 0; page < pages; page++) {
        const pte = pteOf(m, s, space, page);
        if (namesFrame(pte)) call(pteFrame(pte));
      }
    }
    for (let page = 0; page < pages; page++) {
      const cached = cachedAt(m, s, page);
      if (cached >= 0) call(cached);
    }
    let handled = 0;
    for (let slot = 0; slot < handleCount; slot++) {
      const handle = handleOf(m, s, slot);
      if (!isHandle(handle)) continue;
      handled |= 1 << handleFrame(handle);
      call(handleFrame(handle));
    }
    return handled;
  }

  /** Names the remaining frames, ordered by their contents. */
  function nameRest(s: State): void {
    rest.length = 0;
    for (let frame = 0; frame < frames; frame++) if (name[frame] === -1) rest.push(frame);
    if (rest.length > 1) rest.sort((a, b) => compare(s, a, b));
    for (const frame of rest) call(frame);
  }

  function compare(s: State, a: number, b: number): number {
    for (let w = 0; w < FRAME_WORDS; w++) {
      const difference = s[frameAt(m, a) + w]! - s[frameAt(m, b) + w]!;
      if (difference !== 0) return difference;
    }
    return a - b;
  }

  /** Only whether a handle's generation is that of its frame matters, so just the difference is kept. */
  function normaliseGenerations(s: State, handled: number): void {
    for (let frame = 0; frame < frames; frame++) {
      const at = frameAt(m, frame) + INFO;
      generations[frame] = (s[at]! >>> GENERATION_SHIFT) & GENERATION_MASK;
      s[at] = s[at]! & ~(GENERATION_MASK << GENERATION_SHIFT);
    }
    if (handled === 0) return;
    for (let slot = 0; slot < handleCount; slot++) {
      const handle = handleOf(m, s, slot);
      if (!isHandle(handle)) continue;
      const generation = (handle >>> HANDLE_GENERATION_SHIFT) & GENERATION_MASK;
      const relative = (generation - generations[handleFrame(handle)]!) & GENERATION_MASK;
      setHandle(m, s, slot, (handle & ~(GENERATION_MASK << HANDLE_GENERATION_SHIFT)) | (relative << HANDLE_GENERATION_SHIFT));
    }
  }

  function rename(s: State): void {
    for (let i = 0; i < frames * FRAME_WORDS; i++) old[i] = s[first + i]!;
    for (let frame = 0; frame < frames; frame++) {
      for (let w = 0; w < FRAME_WORDS; w++) s[frameAt(m, name[frame]!) + w] = old[frame * FRAME_WORDS + w]!;
    }
    for (let space = 0; space < spaces; space++) {
      for (let page = 0; page < pages; page++) {
        const pte = pteOf(m, s, space, page);
        if (namesFrame(pte)) setPte(m, s, space, page, (pte & PTE_BITS) | (name[pteFrame(pte)]! << PTE_FRAME_SHIFT));
      }
    }
    for (let page = 0; page < pages; page++) {
      const cached = cachedAt(m, s, page);
      if (cached >= 0) setCached(m, s, page, name[cached]!);
    }
    for (let slot = 0; slot < handleCount; slot++) {
      const handle = handleOf(m, s, slot);
      if (isHandle(handle))
        setHandle(m, s, slot, (handle & ~(7 << HANDLE_FRAME_SHIFT)) | (name[handleFrame(handle)]! << HANDLE_FRAME_SHIFT));
    }
  }
}
