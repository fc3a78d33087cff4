/** Functions that drop twice what a member of an object keeps, themselves or through helpers that they give the object or the member to. */
import type { Analysis } from '../../flow/flow.js';
import type { Late } from '../../flow/paths/context.js';
import type { Entry } from '../../flow/paths/entry.js';
import { within } from '../../flow/paths/faults/teardown.js';
import { lateOf } from '../../flow/paths/faults/witness.js';
import { bodyOf, namesCalled } from '../../flow/paths/function/text.js';
import { mayName } from '../../flow/paths/step/around.js';
import { functionsOf } from '../../flow/paths/walk/functions.js';
import type { PathStep } from '../../flow/paths.js';
import type { SeenRelease } from '../../flow/releases.js';
import { heldText } from '../../flow/words.js';
import type { FunctionReference } from '../../program/file.js';
import type { Guard } from '../../program/graph.js';
import { rootOf } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import { remembered } from '../../program/remembered.js';
import { acquires, exchangingCalls, releases } from '../../protocol/index.js';
import type { Subject } from '../../survey/unit.js';
import { kindOf } from '../company.js';
import { complaintOf, releasesIn } from '../evidence.js';
import type { Complaint } from '../finding.js';
import { above } from '../ways.js';

/** Complaints about the second drops on paths through functions that find the pages in a member. */
export function droppedTwice(subject: Subject, message: string): Complaint[] {
  const { analysis, site } = subject;
  const found = new Map<string, Complaint>();
  for (const { heap, reference } of endingBy(subject)) {
    const { file, name } = site.reference;
    const taken = { file, function: name, pos: site.node.pos, text: `taken here, and kept in ${heldText(heap)}` };
    for (const late of repeatedIn(analysis)(reference, heap)) {
      const key = `${reference.file}:${late.pos}`;
      const witness = lateOf(reference, late);
      if (found.has(key) || !areOfSite(subject, witness.steps)) continue;
      found.set(key, complaintOf(subject, { ...witness, steps: [taken, ...witness.steps] }, message));
    }
  }
  return [...found.values()];
}

/** The second drops in a function of what a member keeps. They do not depend on the site: many sites may fill the same member. */
const repeatedIn = remembered((analysis: Analysis): ((reference: FunctionReference, heap: string) => readonly Late[]) => {
  const { program } = analysis;
  const known = program.ledger.memo<readonly Late[]>();
  const find = (reference: FunctionReference, heap: string): readonly Late[] =>
    dropsTwice(analysis, reference)
      ? entriesOf(program, reference, heap)
          .flatMap((entry) => functionsOf(analysis).walked(reference, entry).late)
          .filter(({ kind }) => kind === 'double')
      : [];
  return (reference, heap) => {
    const key = `${reference.key}|${heap}`;
    return known.get(key) ?? known.work(key, () => find(reference, heap));
  };
});

/**
 * True if the last step drops the site's own pages, and not others that come to stand in the same place: a put drops no pins. A helper's
 * drop under a flag that it is given does not count, for the function that calls it twice may give it another flag each time.
 */
function areOfSite(subject: Subject, steps: readonly PathStep[]): boolean {
  const dropsAt = (step: PathStep): SeenRelease[] =>
    releasesIn(subject).filter(({ visit, event }) => visit.flow.reference.file === step.file && event.pos === step.pos);
  const isMeant = ({ visit, event: { call, guards } }: SeenRelease): boolean =>
    (call.drops === 'any' || call.drops === kindOf(subject)) && !isFlagged(subject.program, visit.flow.reference, guards);
  return steps.slice(-1).some((step) => dropsAt(step).length > 0) && steps.flatMap(dropsAt).every(isMeant);
}

/** True if one of the guards tests a parameter that is a number. */
function isFlagged(program: Program, reference: FunctionReference, guards: readonly Guard[]): boolean {
  const params = program.variants(reference)[0]?.params ?? [];
  return guards.some(({ path }) => params.some((p) => p.name === path && p.type.pointers === 0));
}

/** A function, and the member through which it comes to the pages. */
interface Ending {
  reference: FunctionReference;
  heap: string;
}

/** The functions on the ways to drops of what a member keeps, and their callers. */
function endingBy(subject: Subject): Ending[] {
  const { program, site } = subject;
  const found = new Map<string, Ending>();
  for (const { visit } of releasesIn(subject))
    for (const { way, heap, flow } of above(visit)) {
      if (way !== 'field' || heap === null || heap.startsWith('#::')) continue;
      // A function that many files call ends many objects, each of them once.
      const isOfFew = flow.reference.static || program.tree.filesCalling(flow.reference.name).length <= few;
      for (const reference of [flow.reference, ...(isOfFew ? program.callers(flow.reference) : [])])
        if (!reference.macro && reference.key !== site.reference.key) found.set(`${reference.key}|${heap}`, { reference, heap });
    }
  return [...found.values()];
}

/** The most files that may call a function for its callers to be looked at. */
const few = 4;

/**
 * True if a function's text has at least two calls that may drop, and neither it nor a function that it calls may put other pages, or none,
 * into the member.
 */
function dropsTwice(analysis: Analysis, reference: FunctionReference): boolean {
  const { program } = analysis;
  const { mayDrop } = functionsOf(analysis).context;
  if (renewing.test(bodyOf(program, reference))) return false;
  const names = namesCalled(program, reference).filter((name) => releases.has(name) || mayDrop(name, reference.file));
  const calls = names.length === 0 ? [] : bodyOf(program, reference).match(new RegExp(`\\b(?:${names.join('|')})\\s*\\(`, 'g'));
  const isRenewed = (): boolean => namesCalled(program, reference).some((name) => mayName(program, name, reference.file, renewing));
  return (calls?.length ?? 0) > 1 && !isRenewed();
}

/** Matches a call that may put other pages, or none, into a member. */
const renewing = new RegExp(`\\b(?:${[...acquires.keys(), ...exchangingCalls].join('|')})\\s*\\(`);

/** The ways into a function with the pages in an object that it is given, or in one that a variable of it points at. */
function entriesOf(program: Program, reference: FunctionReference, heap: string): Entry[] {
  const { file } = reference;
  const inner = rootOf(heap);
  const carrier = { tag: inner.slice(1), suffix: heap.slice(inner.length) };
  const variables = new Map(program.graphs(reference).flatMap((graph) => [...graph.types]));
  const params = new Set((program.variants(reference)[0]?.params ?? []).map((p) => p.name));
  return [...variables].flatMap(([variable, { tag, pointers, dims }]): Entry[] => {
    if (tag === null || pointers !== 1 || dims.length > 0 || !/^[A-Za-z_]\w*$/.test(variable)) return [];
    return within(program, file, tag, carrier).map(({ suffix }) =>
      params.has(variable) ? { kind: 'given', facts: [variable + suffix] } : { kind: 'object', variable, suffixes: [suffix] },
    );
  });
}
