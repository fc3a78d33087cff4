/** Requests that store over what an earlier call of the same function has kept. */
import type { FunctionReference } from '../../../program/file.js';
import { isElsewhere } from '../../../program/path.js';
import type { Start } from '../../visit.js';
import type { Exit, Holder } from '../memory/state.js';
import { type PathStep, type StepEvent, spokenSteps, stepsOf } from '../memory/trail.js';
import type { Functions } from '../walk/functions.js';
import { walk } from '../walk/walk.js';
import { type Climbed, dropsAll } from './climb.js';
import { isReentered } from './reentry.js';
import type { Witness } from './witness.js';

/** Stores over what an earlier call kept: in the site's function, or in a caller of it. */
export function storingOver(functions: Functions, start: Start, climbed: Climbed): Witness[] {
  const { ends } = climbed;
  const near = ends.filter(({ level }) => level <= 1);
  return [...new Map(near.map(({ reference }) => [reference.key, reference])).values()].flatMap((reference) =>
    storedOver(
      functions,
      start,
      climbed,
      reference,
      near.flatMap((end) => (end.reference.key === reference.key ? [end.exit] : [])),
    ),
  );
}

/**
 * Stores of a function over what an earlier call of it kept, in an object that both calls are given, or that a global leads to.
 * @param exits the function's exits that succeed
 */
function storedOver(functions: Functions, start: Start, climbed: Climbed, reference: FunctionReference, exits: readonly Exit[]): Witness[] {
  const { context, handing } = functions;
  const { program, mayDrop } = context;
  const params = program.variants(reference)[0]?.params ?? [];
  const factOf = ({ of, suffix }: Holder): string[] => {
    if (of >= 0) return suffix.startsWith('.') ? [`${params[of]?.name}${suffix}`] : [];
    return /^(\?|::)/.test(suffix) && !isElsewhere(suffix) ? [suffix] : [];
  };
  const facts = [...new Set(exits.flatMap((e) => (e.unsure ? [] : e.holders.flatMap(factOf))))];
  const [first] = facts;
  if (first === undefined) return [];
  const param = params.findIndex((p) => first.startsWith(`${p.name}.`));
  // Callers that are handed nothing, as a global leads to the pages, were not walked on the way up.
  const isEmptied = (caller: FunctionReference, callee: FunctionReference): boolean =>
    climbed.isEmptied(caller, callee) || (callee.key === reference.key && dropsAll(handing(start, caller, callee, exits)));
  if (!isReentered(program, reference, first.startsWith('::') ? { place: first } : { param }, mayDrop, isEmptied)) return [];
  const { file, name } = reference;
  const earlier = earlierSteps(
    reference,
    exits.find((e) => !e.unsure && e.holders.flatMap(factOf).includes(first)),
  );
  return program
    .graphs(reference)
    .flatMap((graph) => walk(context, reference, graph, { kind: 'again', facts }).late)
    .filter(({ kind }) => kind === 'over')
    .map(
      (late): Witness => ({
        ...{ kind: 'over', short: false, file, function: name, pos: late.pos },
        ...{ steps: [...earlier, ...spokenSteps(late.trail)], fields: [] },
      }),
    );
}

/** The steps by which an earlier call came by the pages and kept them. */
function earlierSteps({ file, name, item }: FunctionReference, exit: Exit | undefined): PathStep[] {
  const wanted = new Set<StepEvent['kind'] | undefined>(['taken', 'handed', 'kept']);
  const steps = stepsOf(exit?.trail ?? null).filter(({ event }) => wanted.has(event?.kind));
  if (steps.length === 0) return [{ file, function: name, pos: item.pos, text: 'an earlier call took pages, and kept them' }];
  return steps.map((step) => ({ ...step, text: `in an earlier call, ${step.text}` }));
}
