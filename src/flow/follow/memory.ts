/** What is remembered from one site to the next: summaries of functions do not depend on who took the reference. */
import type { FunctionReference } from '../../program/file.js';
import { rootOf } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import { openRecursion } from '../../program/recursion.js';
import { analyse } from '../analyse.js';
import { type Analysis, emptyFlow, type FunctionFlow, type Seed } from '../flow.js';
import { type LooksUp, openLookups } from '../lookups.js';
import { matters } from '../matters.js';
import { filesFor } from '../reach.js';

/** How many calls deep summaries go. */
const maxDepth = 24;

/** A program, and what was found out about its functions so far. */
export interface Memory {
  /** The program. */
  program: Program;
  /** For following single facts through single functions, by summaries. */
  analysis: Analysis;
  /** What a function does with the facts of some seeds. `key` names the function and the seeds: one result is kept for each. */
  flowFor(reference: FunctionReference, seeds: readonly Seed[], key: string): FunctionFlow;
  /** {@link filesFor}, remembered. */
  filesFor(heap: string, near: readonly string[], everywhere: boolean): readonly string[];
  /** Tells who takes pages out of numbers and scatterlists: see lookups.ts. */
  looksUp: LooksUp;
}

/** An empty memory for a program. */
export function openMemory(program: Program): Memory {
  const flows = program.ledger.memo<FunctionFlow>();
  const files = program.ledger.memo<readonly string[]>();
  const analysis = analysisOf(program);
  return {
    program,
    analysis,
    flowFor: (reference, seeds, key) => flows.get(key) ?? flows.work(key, () => analyse(analysis, reference, seeds)),
    filesFor(heap, near, everywhere) {
      const key = `${heap}\0${near.join('\0')}\0${everywhere}`;
      return files.get(key) ?? files.work(key, () => filesFor(program, heap, near, everywhere));
    },
    looksUp: openLookups(program),
  };
}

/** The analysis of single functions, in which each sees the others by their summaries. */
function analysisOf(program: Program): Analysis {
  const worked = openRecursion<FunctionFlow>(program.ledger, maxDepth);
  const summary = (callee: FunctionReference, entry: string): FunctionFlow =>
    worked(
      `${callee.key}|${entry}`,
      () => analyse(analysis, callee, [{ pos: null, facts: [entry] }]),
      () => unchanged(program, callee, entry),
    );
  const analysis: Analysis = { program, summary, matters: (callee, suffix, from) => matters(program, callee, suffix, from) };
  return analysis;
}

/** The summary of a recursive call: it keeps what it was given. The outer evaluation sees all else that the function does. */
function unchanged(program: Program, callee: FunctionReference, entry: string): FunctionFlow {
  const index = (program.variants(callee)[0]?.params ?? []).findIndex((p) => p.name === rootOf(entry));
  return { ...emptyFlow(callee), outs: index < 0 ? [] : [[index, entry.slice(rootOf(entry).length)]] };
}
