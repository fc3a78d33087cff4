/** Which functions may drop pages, by what their texts and those of the functions that they call near by name. */
import type { FunctionReference } from '../../../program/file.js';
import type { Entry } from '../../../program/ledger.js';
import { outsideKernel } from '../../../program/place.js';
import type { Program } from '../../../program/program.js';
import { releases } from '../../../protocol/index.js';
import { mentionsReleases } from '../../mentions.js';
import { namesCalled } from './text.js';

/** A name that more functions have means none of them for certain. */
const maxDefinitions = 4;

/** A wrapper has no more calls that may matter. */
const fewCalls = 2;

/**
 * Asks whether a function of some name, or one that it calls near by, names a releasing call; with `givesBack` also whether it
 * does little but call one far away that does.
 */
export type Droppers = (name: string, file: string, givesBack?: boolean) => boolean;

/** Opens the question for a program. */
export function droppers(program: Program): Droppers {
  const { ledger } = program;
  const known = new Map<string, { drops: boolean; entry: Entry }>();
  const elsewhere = ledger.memo<readonly FunctionReference[]>();

  /** What is known already of a function that the present work rests on from here. */
  function knownOf(r: FunctionReference): boolean | undefined {
    const found = known.get(r.key);
    if (found) ledger.use(found.entry);
    return found?.drops;
  }

  /** The functions near by that one calls: all that is reached stands in one folder. */
  function calledBy(r: FunctionReference): FunctionReference[] {
    if (!program.tree.dropsNear(r.file)) return [];
    return namesCalled(program, r).flatMap((name) => {
      if (program.isNeutral(name, r.file)) return [];
      const near = program.resolveNear(name, r.file);
      return near.length === 0 || program.isGeneral(name) ? [] : near;
    });
  }

  /** The functions from a start on to one that drops; `null` if none does that is reached, which then are in `by`. */
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
    // Where none of all that was reached drops, none of it does.
    for (const key of way ?? by.keys()) known.set(key, { drops: way !== null, entry });
    return way !== null;
  }

  function far(name: string, file: string): readonly FunctionReference[] {
    const find = () => program.resolveIn(program.tree.dropsNear, name, file);
    const key = `${name}\0${outsideKernel(file)}`;
    const found = elsewhere.get(key) ?? elsewhere.work(key, find);
    return found.length <= maxDefinitions ? found : [];
  }

  /** True for a function that does little but call one far away that drops: a library's user, which gives back what it got there. */
  function handsFar(r: FunctionReference): boolean {
    const left = namesCalled(program, r).filter((name) => !program.isNeutral(name, r.file) && !program.isGeneral(name));
    return left.length <= fewCalls && left.some((name) => program.resolveNear(name, r.file).length === 0 && far(name, r.file).some(drops));
  }

  return (name, file, givesBack = false) => {
    if (releases.has(name)) return true;
    if (program.isNeutral(name, file)) return false;
    // What is defined near drops near; who defines it far away stands in a folder that drops, which the index knows.
    const isNear = program.tree.dropsNear(file);
    const near = isNear || givesBack ? program.resolveNear(name, file) : [];
    if (near.length > 0 || program.isGeneral(name)) return near.some(drops) || (givesBack && near.some(handsFar));
    const away = far(name, file);
    return away.length > 0 && (isNear || program.resolveNear(name, file).length === 0) && away.some(drops);
  };
}

/** The keys from one back to where a search began. */
function wayBack(key: string, by: ReadonlyMap<string, string | null>): string[] {
  const way: string[] = [];
  for (let at: string | null = key; at !== null; at = by.get(at) ?? null) way.push(at);
  return way;
}
