/** Functions that are handed one page to drop, and drop it on most exits, but not on another one that ends alike. */
import type { FunctionReference } from '../../../program/file.js';
import type { Program } from '../../../program/program.js';
import { remembered } from '../../../program/remembered.js';
import { tryingText } from '../../../protocol/index.js';
import { mentionsReleases } from '../../mentions.js';
import { bodyOf } from '../function/text.js';
import { type Exit, sign } from '../memory/state.js';
import { stepsOf } from '../memory/trail.js';

/**
 * The exits of a function that leave a page with the caller, although others, with a result of the same sign, have dropped it: the
 * caller cannot know. None for a function that does not drop itself, or that takes references as well.
 */
export function kept(program: Program, reference: FunctionReference, all: readonly Exit[]): Exit[] {
  const exits = all.filter((e) => !e.unsure);
  const isCertain = ({ result }: Exit): boolean => result === sign.negative || result === sign.zero || result === sign.positive;
  // A call that frees pages which nobody holds has not dropped the caller's reference.
  const dropped = exits.filter((e) => e.kind === 'dropped' && isCertain(e) && e.drop?.call?.frees !== true);
  const held = exits.filter(
    (e) => e.kind === 'held' && e.holders.length === 0 && isCertain(e) && dropped.some((d) => d.result === e.result),
  );
  if (held.length === 0 || !dropsItself(program)(reference)) return [];
  // A callee that was handed the page on the way, and may drop it, knows better.
  const mayHave = (e: Exit): boolean =>
    stepsOf(e.trail).some(
      ({ file, event }) => event?.kind === 'passed' && program.resolveNear(event.to, file).some((r) => mentionsReleases(program, r)),
    );
  return held.filter((e) => !mayHave(e));
}

const dropsItself = remembered((program: Program) => {
  const known = program.ledger.memo<boolean>();
  return (reference: FunctionReference): boolean =>
    known.get(reference.key) ?? known.work(reference.key, () => mentionsReleases(program, reference) && !mayTake(program, reference));
});

function mayTake(program: Program, reference: FunctionReference): boolean {
  const text = program.textOf(reference);
  if (tryingText.test(text)) return true;
  const called = [...bodyOf(program, reference).matchAll(/\b(\w+)\s*\(/g)].flatMap((m) =>
    program.resolveNear(m[1] as string, reference.file),
  );
  return called.some((callee) => tryingText.test(program.textOf(callee)));
}
