/** Finds functions that may drop pages, by the texts of functions and of those that they call near by. */
import type { FunctionReference } from '../../../program/file.js';
import type { Entry } from '../../../program/ledger.js';
import { outsideKernel } from '../../../program/place.js';
import type { Program } from '../../../program/program.js';
import { releases } from '../../../protocol/index.js';
import { mentionsReleases } from '../../mentions.js';
import { namesCalled } from './text.js';

/** If more functions have one name, none is certain to be meant. */
const maxDefinitions = 4;

/** A wrapper has at most this many calls that may matter. */
const fewCalls = 2;

/**
 * True if a function of this name, or one that it calls near by, names a releasing call. With `givesBack` also if it does little more than
 * call one of another folder that does.
 */
export type Droppers = (name: string, file: string, givesBack?: boolean) => boolean;

/** Makes the test for a program. */
export function droppers(program: Program): Droppers {
  const { ledger } = program;
  const known = new Map<string, { drops: boolean; entry: Entry }>();
  const elsewhere = ledger.memo<readonly FunctionReference[]>();

  /** The answer for a function, if it is known; notes that the present work rests on it. */
  function knownOf(r: FunctionReference): boolean | undefined {
    const found = known.get(r.key);
    if (found) ledger.use(found.entry);
    return found?.drops;
  }

  /** The functions near by that a function calls; all that is reached in this way is in one folder. */
  function calledBy(r: FunctionReference): FunctionReference[] {
    if (!program.tree.dropsNear(r.file)) return [];
    return namesCalled(program, r).flatMap((name) => {
      if (program.isNeutral(name, r.file)) return [];
      const near = program.resolveNear(name, r.file);
      return near.length === 0 || program.isGeneral(name) ? [] : near;
    });
  }

  /** Keys of the functions on a path from a start to one that drops; `null` if there is none, and then `by` has all that were reached. */
  function wayToDrop(start: FunctionReference, by: Map<string, string | null>): string[] | null {
    const pending = [start];
    by.set(start.key, null);
    for (let r = pending.pop(); r; r = pending.pop()) {
      const before = knownOf(r);
      if (before === true || (before === undefined && mentionsReleases(program, r))) return wayBack(r.key, by);
      if (before === false) continue;
      for (const next of calledBy(r).reverse()) {
        if (by.has(next.key)) continue;
        by.set(next.key, r.key);
        pending.push(next);
      }
    }
    return null;
  }

  function drops(r: FunctionReference): boolean {
    const before = knownOf(r);
    if (before !== undefined) return before;
    const by = new Map<string, string | null>();
    const { value: way, entry } = ledger.entry(() => wayToDrop(r, by));
    ledger.use(entry);
    // If none of all that were reached drops, the answer is no for each of them.
    for (const key of way ?? by.keys()) known.set(key, { drops: way !== null, entry });
    return way !== null;
  }

  function far(name: string, file: string): readonly FunctionReference[] {
    const find = () => program.resolveIn(program.tree.dropsNear, name, file);
    const key = `${name}\0${outsideKernel(file)}`;
    const found = elsewhere.get(key) ?? elsewhere.work(key, find);
    return found.length <= maxDefinitions ? found : [];
  }

  /** True for a function that does little more than call one of another folder that drops: it gives back to a library what it got there. */
  function handsFar(r: FunctionReference): boolean {
    const left = namesCalled(program, r).filter((name) => !program.isNeutral(name, r.file) && !program.isGeneral(name));
    return left.length <= fewCalls && left.some((name) => program.resolveNear(name, r.file).length === 0 && far(name, r.file).some(drops));
  }

  return (name, file, givesBack = false) => {
    if (releases.has(name)) return true;
    if (program.isNeutral(name, file)) return false;
    // Only a folder with releases in it can drop, and the index knows these: for near functions this file's, for far ones theirs.
    const isNear = program.tree.dropsNear(file);
    const near = isNear || givesBack ? program.resolveNear(name, file) : [];
    if (near.length > 0 || program.isGeneral(name)) return near.some(drops) || (givesBack && near.some(handsFar));
    const away = far(name, file);
    return away.length > 0 && (isNear || program.resolveNear(name, file).length === 0) && away.some(drops);
  };
}

/** The keys from a function back to the start of the search. */
function wayBack(key: string, by: ReadonlyMap<string, string | null>): string[] {
  const way: string[] = [];
  for (let at: string | null = key; at !== null; at = by.get(at) ?? null) way.push(at);
  return way;
}
