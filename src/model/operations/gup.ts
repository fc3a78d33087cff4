/** `get_user_pages_fast()` and `pin_user_pages_fast()`: look up without a lock, try to grab, look again; if that fails, fault. */
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

/** Adds one of a reference's counts. In designs that do not count the zero page, nothing is added for it. */
function count(m: Machine, s: State, frame: number, step: Count, pin: boolean): void {
  if (pin && m.design.zeroUncounted && hasFlag(m, s, frame, ZERO)) return;
  if (step.field === 'pins') addPins(m, s, frame, step.add);
  else addRef(m, s, frame, step.add);
}

/** Drops all of a pin at once. */
export function undoPin(m: Machine, s: State, frame: number): void {
  for (const step of m.design.unpin) unpinStep(m, s, frame, step);
}

/** One atomic addition of a release. */
export function unpinStep(m: Machine, s: State, frame: number, step: Count): void {
  if (m.design.zeroUncounted && hasFlag(m, s, frame, ZERO)) return;
  if (step.field === 'pins') addPins(m, s, frame, step.add);
  else dropRef(m, s, frame, -step.add);
}

/** Numbers of the first steps of taking a page. Further counts follow between the grab and the second look. */
const [WALK, GRAB] = [0, 1];

/** What all steps of taking a page share. */
interface Taking {
  readonly c: Context;
  readonly op: Omit<Take, 'op'>;
  readonly pin: boolean;
  readonly slot: number;
  /** The page, as the text of a step names it. */
  readonly page: string;
  readonly write: boolean;
  /** What is counted, each in one atomic addition. */
  readonly counts: readonly Count[];
  /** Number of the step that faults the page in. */
  readonly faults: number;
  readonly entry: (s: State) => number;
  /** True if the entry can be used for this access as it is. */
  readonly serves: (s: State, entry: number) => boolean;
  /** Drops what was grabbed. */
  readonly letGo: (s: State, frame: number) => void;
}

/** Returns the steps of taking a reference on the page at an address. */
export function takeSteps(c: Context, op: Omit<Take, 'op'>, pin: boolean): Step[] {
  const m = c.machine;
  const slot = c.slot(op.slot);
  const write = op.write ?? true;
  const counts = pin ? m.design.pin : PLAIN;
  const taking: Taking = {
    ...{ c, op, pin, slot, write, counts },
    page: `page ${op.page}`,
    faults: GRAB + counts.length + 1,
    entry: (s) => pteOf(m, s, c.space, op.page),
    serves: (s, entry) => usable(entry, write) && !(pin && mustUnshare(m, s, entry)),
    letGo: (s, frame) => {
      setHandle(m, s, slot, 0);
      if (pin) undoPin(m, s, frame);
      else putPage(m, s, frame);
    },
  };
  return [
    lookUp(taking),
    ...counts.map((step, n) => (n === 0 ? grab(taking, step) : countOn(taking, step, n))),
    lookAgain(taking),
    faultIn(taking),
    ...(op.longterm === true ? [moveOut(taking)] : []),
  ];
}

function lookUp({ c, op, pin, slot, page, faults, entry, serves }: Taking): Step {
  const m = c.machine;
  const takes = pin ? m.design.calls.take : 'get_user_pages_fast()';
  return {
    text: `looks up ${page} in the page table`,
    stands: `${takes}: gup_fast_pte_range()`,
    reads: tablesOf(c.space) | SHARED.flags | SHARED.space,
    writes: pin ? SHARED.space : 0,
    choices: op.mayFail === true ? 2 : 1,
    to: [GRAB, faults, 'else'],
    run: (s, choice) => {
      if (choice === 1) return 2;
      if (pin) remember(s, 1 << (HAS_PINNED_SHIFT + c.space));
      const pte = entry(s);
      // The grab is another step: between the two, the page may go and the frame be used for another one.
      if (!serves(s, pte)) return 1;
      setHandle(m, s, slot, handleTo(m, s, pteFrame(pte), op.page, c.space, 0));
      return 0;
    },
  };
}

function grab({ c, op, pin, slot, page, entry }: Taking, step: Count): Step {
  const m = c.machine;
  return {
    ...counting(c),
    text: `tries to grab ${page}`,
    to: [GRAB + 1, WALK, 'else'],
    run: (s) => {
      const frame = handleFrame(handleOf(m, s, slot));
      const ref = refOf(m, s, frame);
      if (ref === 0 || (m.design.refuses && ref < 0)) {
        setHandle(m, s, slot, 0);
        // A page that is being freed is gone from the page table: look again. If it is still there, its count is broken.
        if (!maps(entry(s), frame)) return 1;
        if (m.design.refuses) refuse(s);
        return 2;
      }
      // From here on the frame cannot be freed, whatever it holds by now.
      setHandle(m, s, slot, handleTo(m, s, frame, op.page, c.space, HANDLE_HELD | (pin ? HANDLE_PIN : 0)));
      count(m, s, frame, step, pin);
      return 0;
    },
  };
}

/** A count that the design keeps besides the first. */
function countOn({ c, pin, slot, page }: Taking, step: Count, n: number): Step {
  const m = c.machine;
  return {
    ...counting(c),
    text: `counts the pin of ${page}`,
    to: [GRAB + n + 1],
    run: (s) => {
      count(m, s, handleFrame(handleOf(m, s, slot)), step, pin);
      return 0;
    },
  };
}

const counting = (c: Context): Pick<Step, 'stands' | 'reads' | 'writes'> => ({
  stands: 'try_grab_folio_fast()',
  reads: SHARED.counts | SHARED.flags | tablesOf(c.space),
  writes: SHARED.counts | SHARED.flags,
});

function lookAgain({ c, op, slot, page, faults, entry, serves, letGo }: Taking): Step {
  const m = c.machine;
  return {
    text: `looks whether ${page} is still there`,
    stands: 'gup_fast_pte_range(): pte_val() compared again',
    reads: tablesOf(c.space) | MAY_FREE.reads,
    writes: MAY_FREE.writes,
    to: [op.longterm === true ? faults + 1 : 'next', WALK],
    run: (s) => {
      const frame = handleFrame(handleOf(m, s, slot));
      const pte = entry(s);
      if (serves(s, pte) && maps(pte, frame)) return 0;
      letGo(s, frame);
      return 1;
    },
  };
}

function faultIn({ c, op, page, write, entry, serves }: Taking): Step {
  const m = c.machine;
  return {
    text: `faults ${page} in`,
    stands: 'faultin_page(): handle_mm_fault()',
    reads: tablesOf(c.space) | MAY_FREE.reads | SHARED.lock | SHARED.content | SHARED.space,
    writes: tablesOf(c.space) | MAY_FREE.writes | SHARED.cache | SHARED.content,
    choices: m.layout.frames,
    to: [WALK, 'else'],
    run: (s, choice) => {
      if (serves(s, entry(s))) return choice === 0 ? 0 : BLOCKED;
      const result = fault(m, s, c.space, op.page, write, choice);
      return result === FAULT.not ? BLOCKED : result;
    },
  };
}

/** The step for FOLL_LONGTERM. A choice is the frame to move to; the page's own frame stands for "there is none". */
function moveOut({ c, op, slot, page, letGo }: Taking): Step {
  const m = c.machine;
  const takes = (s: State, frame: number): boolean => isFree(m, s, frame) && !hasFlag(m, s, frame, CMA);
  const isFull = (s: State): boolean => {
    for (let frame = 0; frame < m.layout.frames; frame++) if (takes(s, frame)) return false;
    return true;
  };
  return {
    text: `moves ${page} out of movable memory if it must`,
    stands: 'check_and_migrate_movable_pages()',
    reads: ALL_TABLES | MAY_FREE.reads | SHARED.lock | SHARED.content,
    writes: ALL_TABLES | MAY_FREE.writes | SHARED.cache | SHARED.content,
    choices: m.layout.frames,
    to: ['next', WALK, 'else'],
    run: (s, choice) => {
      const frame = handleFrame(handleOf(m, s, slot));
      if (!hasFlag(m, s, frame, CMA)) return choice === 0 ? 0 : BLOCKED;
      if (takes(s, choice)) {
        letGo(s, frame);
        return replaceFrame(m, s, op.page, frame, choice) ? 1 : 2;
      }
      if (choice !== frame || !isFull(s)) return BLOCKED;
      letGo(s, frame);
      return 2;
    },
  };
}
