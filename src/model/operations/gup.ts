/** `get_user_pages_fast()` and `pin_user_pages_fast()`: look up without a lock, try to grab, look again; fault where that fails. */
import type { Count } from '../designs/design.js';
import { CMA, HANDLE_HELD, HANDLE_PIN, HAS_PINNED_SHIFT, type State, ZERO } from '../layout.js';
import {
  addPins,
  addRef,
  dropRef,
  handleFrame,
  handleOf,
  handleTo,
  hasFlag,
  isFree,
  type Machine,
  maps,
  pteFrame,
  pteOf,
  putPage,
  refOf,
  refuse,
  remember,
  setHandle,
} from '../machine.js';
import type { Take } from '../scenario.js';
import { FAULT, fault, mustUnshare, usable } from './fault.js';
import { replaceFrame } from './migrate.js';
import { ALL_TABLES, BLOCKED, type Context, MAY_FREE, SHARED, type Step, tablesOf } from './step.js';

const PLAIN: readonly Count[] = [{ field: 'ref', add: 1 }];

/** Takes one of a reference's counts. The page of zeros is not counted by designs that say so. */
function count(m: Machine, s: State, frame: number, step: Count, pin: boolean): void {
  if (pin && m.design.zeroUncounted && hasFlag(m, s, frame, ZERO)) return;
  if (step.field === 'pins') addPins(m, s, frame, step.add);
  else addRef(m, s, frame, step.add);
}

/** Drops all of a pin at once. */
export function undoPin(m: Machine, s: State, frame: number): void {
  for (const step of m.design.unpin) unpinStep(m, s, frame, step);
}

/** One atomic of a release. */
export function unpinStep(m: Machine, s: State, frame: number, step: Count): void {
  if (m.design.zeroUncounted && hasFlag(m, s, frame, ZERO)) return;
  if (step.field === 'pins') addPins(m, s, frame, step.add);
  else dropRef(m, s, frame, -step.add);
}

/** The steps of taking a reference on the page at an address. */
export function takeSteps(c: Context, op: Omit<Take, 'op'>, pin: boolean): Step[] {
  const m = c.machine;
  const slot = c.slot(op.slot);
  const write = op.write ?? true;
  const counts = pin ? m.design.pin : PLAIN;
  const bits = HANDLE_HELD | (pin ? HANDLE_PIN : 0);
  const stands = pin ? m.design.calls.take : 'get_user_pages_fast()';
  const page = `page ${op.page}`;
  const tables = tablesOf(c.space);
  const shortly = op.mayFail === true;
  /** Whether the entry serves this access as it is. */
  const serves = (s: State, pte: number): boolean => usable(pte, write) && !(pin && mustUnshare(m, s, pte));

  const grabs = counts.length;
  const [WALK, GRAB, FAULTS] = [0, 1, 2 + grabs];
  const LONGTERM = FAULTS + 1;
  const steps: Step[] = [];

  steps.push({
    text: `looks up ${page} in the page table`,
    stands: `${stands}: gup_fast_pte_range()`,
    reads: tables | SHARED.flags | SHARED.space,
    writes: pin ? SHARED.space : 0,
    choices: shortly ? 2 : 1,
    to: [GRAB, FAULTS, 'else'],
    run: (s, choice) => {
      if (choice === 1) return 2;
      if (pin) remember(s, 1 << (HAS_PINNED_SHIFT + c.space));
      const pte = pteOf(m, s, c.space, op.page);
      // Its grab comes in another step: the page may go and come again as another in between.
      if (!serves(s, pte)) return 1;
      setHandle(m, s, slot, handleTo(m, s, pteFrame(pte), op.page, c.space, 0));
      return 0;
    },
  });

  counts.forEach((step, n) => {
    steps.push({
      text: n === 0 ? `tries to grab ${page}` : `counts the pin of ${page}`,
      stands: 'try_grab_folio_fast()',
      reads: SHARED.counts | SHARED.flags | tables,
      writes: SHARED.counts | SHARED.flags,
      to: n === 0 ? [GRAB + 1, WALK, 'else'] : [GRAB + n + 1],
      run: (s) => {
        const handle = handleOf(m, s, slot);
        const frame = handleFrame(handle);
        if (n > 0) {
          count(m, s, frame, step, pin);
          return 0;
        }
        const ref = refOf(m, s, frame);
        const there = maps(pteOf(m, s, c.space, op.page), frame);
        if (ref === 0 || (m.design.refuses && ref < 0)) {
          setHandle(m, s, slot, 0);
          // A page that is being freed has gone from the page table: look again. One that has not gone is broken.
          if (!there) return 1;
          if (m.design.refuses) refuse(s);
          return 2;
        }
        // From here on the frame cannot be freed, whatever it holds by now.
        setHandle(m, s, slot, handleTo(m, s, frame, op.page, c.space, bits));
        count(m, s, frame, step, pin);
        return 0;
      },
    });
  });

  const letGo = (s: State, frame: number): void => {
    setHandle(m, s, slot, 0);
    if (pin) undoPin(m, s, frame);
    else putPage(m, s, frame);
  };

  steps.push({
    text: `looks whether ${page} is still there`,
    stands: 'gup_fast_pte_range(): pte_val() compared again',
    reads: tables | MAY_FREE.reads,
    writes: MAY_FREE.writes,
    to: [op.longterm === true ? LONGTERM : 'next', WALK],
    run: (s) => {
      const frame = handleFrame(handleOf(m, s, slot));
      const pte = pteOf(m, s, c.space, op.page);
      if (serves(s, pte) && maps(pte, frame)) return 0;
      letGo(s, frame);
      return 1;
    },
  });

  steps.push({
    text: `faults ${page} in`,
    stands: 'faultin_page(): handle_mm_fault()',
    reads: tables | MAY_FREE.reads | SHARED.lock | SHARED.content | SHARED.space,
    writes: tables | MAY_FREE.writes | SHARED.cache | SHARED.content,
    choices: m.layout.frames,
    to: [WALK, 'else'],
    run: (s, choice) => {
      if (serves(s, pteOf(m, s, c.space, op.page))) return choice === 0 ? 0 : BLOCKED;
      const result = fault(m, s, c.space, op.page, write, choice);
      return result === FAULT.not ? BLOCKED : result;
    },
  });

  if (op.longterm === true) {
    steps.push({
      text: `moves ${page} out of movable memory if it must`,
      stands: 'check_and_migrate_movable_pages()',
      reads: ALL_TABLES | MAY_FREE.reads | SHARED.lock | SHARED.content,
      writes: ALL_TABLES | MAY_FREE.writes | SHARED.cache | SHARED.content,
      choices: m.layout.frames,
      to: ['next', WALK, 'else'],
      run: (s, choice) => {
        const frame = handleFrame(handleOf(m, s, slot));
        if (!hasFlag(m, s, frame, CMA)) return choice === 0 ? 0 : BLOCKED;
        if (choice >= m.layout.frames || !isFree(m, s, choice) || hasFlag(m, s, choice, CMA))
          return choice === frame ? giveUp(s, frame) : BLOCKED;
        letGo(s, frame);
        return replaceFrame(m, s, op.page, frame, choice) ? 1 : 2;
      },
    });
  }
  /** The way out if there is no frame to move to: only then, and only once. */
  const giveUp = (s: State, frame: number): number => {
    for (let other = 0; other < m.layout.frames; other++) {
      if (isFree(m, s, other) && !hasFlag(m, s, other, CMA)) return BLOCKED;
    }
    letGo(s, frame);
    return 2;
  };
  return steps;
}
