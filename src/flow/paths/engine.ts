/** Summaries and callers: how walks of single functions make paths through many. */
import type { FunctionReference } from '../../program/file.js';
import { callsOf, isRead } from '../../program/graph.js';
import { rootOf } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import { remembered } from '../../program/remembered.js';
import { handedContainers } from '../../protocol/index.js';
import { excludes } from '../../syntax/assumptions.js';
import type { Analysis } from '../flow.js';
import { isElsewhere } from '../objects.js';
import type { Start } from '../visit.js';
import { isOwn } from './around.js';
import { nodesOf } from './callee.js';
import type { Context, Late } from './context.js';
import type { Entry } from './entry.js';
import { hasForgotten } from './forget.js';
import { type Dropped, type End, isGivenUp, succeeds, undropped } from './keeping.js';
import { kept } from './passed.js';
import { isReentered } from './reentry.js';
import { danglingAt, isOfOld } from './retaken.js';
import { droppers, shapeOf } from './shape.js';
import { type Exit, type Holder, outcome, type PathStep, sign, spokenSteps, stepsOf, type Trail, type Turned } from './state.js';
import { type Carrier, endingsOf } from './teardown.js';
import { saysFailed, unknownExit, type Walked, walk } from './walk.js';

const maxDepth = 12;
const maxCallers = 5;
/** For a page that each of them hands on as its result, nothing else having it. */
const maxResults = 7;
const maxCallerWalks = 200;
/** For what a function has dropped as it failed: who tidies up is near. */
const maxStale = 2;

/** A path that ends wrongly. */
export interface Witness {
  kind: 'leak' | 'double' | 'more' | 'use' | 'over' | 'kept';
  /** Only a short count reaches the end. */
  short: boolean;
  /** The function with the fault, and where in it. */
  file: string;
  function: string;
  pos: number;
  steps: PathStep[];
  /** For pages that are kept for good: the fields that do. */
  fields: readonly string[];
}

/** A function, and the fact with which it is entered. */
export interface Given {
  reference: FunctionReference;
  fact: string;
}

/** Where a site's pages are kept and known to be dropped from, and the files in which that happens. */
export interface Kept extends Dropped {
  carriers: readonly Carrier[];
  files: readonly string[];
  /** Functions to which the kernel gives back what was handed to it. */
  backs: readonly Given[];
  /** Functions that a library calls to drop what it was handed. */
  endings: readonly Given[];
  /** Functions that may make an object forget the pages which it holds. */
  handlers: readonly Given[];
  /** Functions that are handed one page by itself. */
  passed: readonly Given[];
}

export interface Engine {
  /** Every wrong end of a path from a site, one for each place and kind. */
  witnesses(start: Start, kept: Kept): Witness[];
  /** True if the acquiring function leaves the pages in memory that outlives it where it succeeds, or may on a way that is not followed. */
  keeps(start: Start): boolean;
  /** What a function does with a reference below its parameters, given as paths. */
  effects(callee: FunctionReference, facts: readonly string[]): readonly Exit[];
}

/** The engine of an analysis; it remembers what functions do. */
export const engineOf = remembered(openEngine);

function openEngine(analysis: Analysis): Engine {
  const { program } = analysis;
  const firsts = new Map<string, Walked>();
  const summaries = program.ledger.memo<readonly Exit[]>();
  const handedTo = program.ledger.memo<Walked>();
  const drops = droppers(program);
  const context: Context = {
    program,
    mayDrop: (name, file) => drops(name, file),
    mayGiveBack: (name, file) => drops(name, file, true),
    shapeOf: program.ledger.remembered((graph, { file }) => shapeOf(graph, (name) => drops(name, file))),
    nodesOf: program.ledger.remembered((graph, reference) => nodesOf(context, graph, reference)),
    matters: (callee, suffix, from) => analysis.matters(callee, suffix, from),
    mayKeep: keepers(program),
    effects,
  };
  let depth = 0;

  /** True if a function may drop pages by another call than that of one function. */
  function dropsBeside(reference: FunctionReference, { name: callee }: FunctionReference): boolean {
    return program
      .graphs(reference)
      .some(({ nodes }) =>
        nodes.some(({ operation: o }) => o?.kind === 'call' && o.name !== null && o.name !== callee && drops(o.name, reference.file)),
      );
  }

  function effects(callee: FunctionReference, facts: readonly string[]): readonly Exit[] {
    const key = `${callee.key}|${facts.join()}`;
    const known = summaries.get(key);
    if (known) return known;
    if (depth > maxDepth) return [unknownExit()];
    depth++;
    const found = summaries.work(
      key,
      () => program.graphs(callee).flatMap((graph) => walk(context, callee, graph, { kind: 'given', facts }).exits),
      [unknownExit()],
    );
    depth--;
    return found;
  }

  function walked(reference: FunctionReference, entry: Entry, assumed: readonly string[] = []): Walked {
    const all: Walked = { exits: [], lost: [], failing: [], emptied: [], undone: [], late: [], cut: false };
    for (const graph of program.graphs(reference)) {
      // An arm of an `#if` in which the function behind the call is another one.
      if (excludes([...graph.assumptions, ...reference.item.conditions], assumed)) continue;
      const { exits, lost, failing, emptied, undone, late, cut } = walk(context, reference, graph, entry);
      all.exits.push(...exits);
      all.lost.push(...lost);
      all.failing.push(...failing);
      all.emptied.push(...emptied);
      all.undone.push(...undone);
      all.late.push(...late);
      all.cut ||= cut;
    }
    return all;
  }

  /** A caller, walked from a call on which hands it the pages. For another site of the file with the same ways out it is the same walk. */
  function handing(
    { reference: { file }, acquired }: Start,
    caller: FunctionReference,
    callee: FunctionReference,
    exits: readonly Exit[],
  ): Walked {
    const key = [file, acquired.result === 'bytes', caller.key, callee.key, ...exits.map(wayOf)].join('|');
    const work = (): Walked => walked(caller, { kind: 'returned', callee: callee.name, exits }, callee.item.conditions);
    return handedTo.get(key) ?? handedTo.work(key, work);
  }

  function witnesses(start: Start, given: Kept): Witness[] {
    const found = new Map<string, Witness>();
    const visited = new Set<string>();
    let walks = 0;
    const failing = new Map<string, { reference: FunctionReference; turned: readonly Turned[] }>();
    const failures: { reference: FunctionReference; turned: Turned }[] = [];
    const givenUp: { reference: FunctionReference; turned: Turned; level: number }[] = [];
    const cleaned = new Set<string>();
    /** Which function's result which caller never looks at. */
    const ignored = new Set<string>();
    const ends: End[] = [];
    const levels = new Map<string, number>();
    const isLeft = (reference: FunctionReference, turned: Turned): boolean =>
      isOwn(program, turned.exit, reference) &&
      !isAsserted(program, reference, turned) &&
      !isOfOld(program, reference, turned.exit, context.mayDrop);
    const note = (reference: FunctionReference, w: Walked, before: readonly PathStep[] = []): void => {
      const { name } = reference;
      failing.set(name, { reference, turned: w.failing });
      for (const turned of w.lost) {
        // Who fails has to undo what it did: its caller is not told of the pages.
        const blamed = failing.get(failedOn(turned.exit.trail)[0] ?? '');
        if (!blamed || blamed.turned.length === 0) add(leakOf(reference, turned, 'left here with the pages still held', before));
        else
          for (const own of blamed.turned)
            add(leakOf(blamed.reference, own, `left here, as failed, with the pages still held; ${name}() does not drop them`));
      }
      for (const turned of untidy(w, reference.key === start.reference.key))
        if (isLeft(reference, turned)) failures.push({ reference, turned });
      for (const name of cleanedIn(w, (callee, caller) => ignored.has(`${callee}<${caller}`))) cleaned.add(name);
      for (const late of w.late) add(lateOf(reference, late));
    };
    const add = (w: Witness): void => {
      const key = `${w.kind}:${w.file}:${w.pos}`;
      const known = found.get(key);
      if (!known || (known.short && !w.short)) found.set(key, w);
    };
    const dangling = (reference: FunctionReference, exits: readonly Exit[]): void => {
      for (const exit of exits.filter(leavesPointers)) {
        const left = danglingAt(program, reference, exit);
        if (left === null) continue;
        const { file, name } = reference;
        const step = { file, function: name, pos: left.pos, text: `left in ${left.path}, from where ${left.by.name}() drops it once more` };
        add({ kind: 'double', short: false, file, function: name, pos: left.pos, steps: [...spokenSteps(exit.trail), step], fields: [] });
      }
    };
    const end = (reference: FunctionReference, { exits, emptied }: Walked, level: number): void => {
      levels.set(reference.key, level);
      givenUp.push(...emptied.map((turned) => ({ reference, turned, level })));
      ends.push(...exits.filter(succeeds).map((exit) => ({ reference, exit, level })));
    };
    /** Callers of a function that fails with nothing held, and leaves in its caller's object what leads to the pages which it has dropped. */
    const stale = (reference: FunctionReference, exits: readonly Exit[], level: number): void => {
      const handed = surest(exits.filter(isStale));
      if (handed.length === 0 || level > maxStale) return;
      for (const caller of program.callers(reference)) {
        const key = `${caller.key}<<${reference.key}`;
        if (visited.has(key) || isElsewhere(program, caller, start) || !dropsBeside(caller, reference)) continue;
        visited.add(key);
        const w = handing(start, caller, reference, handed);
        for (const late of w.late) if (late.kind === 'double') add(lateOf(caller, late));
        stale(caller, w.exits, level + 1);
      }
    };
    const up = (reference: FunctionReference, exits: readonly Exit[], level: number): void => {
      const handed = surest(exits.filter((e) => e.kind === 'held' && e.holders.some((h) => h.of >= -1)));
      const isResult = handed.every((e) => e.holders.every((h) => h.of === -1 && h.suffix === ''));
      if (handed.length === 0 || level > (isResult ? maxResults : maxCallers)) return;
      for (const caller of program.callers(reference)) {
        const key = `${caller.key}<${reference.key}`;
        if (visited.has(key) || walks >= maxCallerWalks || isElsewhere(program, caller, start)) continue;
        visited.add(key);
        walks++;
        if (ignores(program, reference.name, caller)) ignored.add(`${reference.name}<${caller.name}`);
        const w = handing(start, caller, reference, handed);
        note(caller, w);
        end(caller, w, level);
        stale(caller, w.exits, level + 1);
        dangling(caller, w.exits);
        up(caller, w.exits, level + 1);
      }
    };
    const own = first(start);
    note(start.reference, own);
    end(start.reference, own, 0);
    stale(start.reference, own.exits, 1);
    dangling(start.reference, own.exits);
    up(start.reference, own.exits, 1);
    const unanswered = failures.filter(({ reference }) => !cleaned.has(reference.name));
    const blamed = new Set(unanswered.map(({ reference }) => reference.name));
    // Who hands on another's failure as it is has not failed himself.
    for (const { reference, turned } of unanswered)
      if (!failedOn(turned.exit.trail).some((name) => blamed.has(name)))
        add(leakOf(reference, turned, 'left here, as failed, with the pages still held, which nobody drops then'));
    for (const { reference, turned, level } of givenUp)
      if (isOwn(program, turned.exit, reference) && isGivenUp(program, { reference, exit: turned.exit, level }, given, levels))
        add(leakOf(reference, turned, 'left here, as failed, with the pages still held, of which the object says that there are none'));
    for (const e of ends) {
      const fields = undropped(program, e, given, levels);
      if (fields.length > 0) add(keptFor(e, fields));
    }
    over(start, own, add);
    const keepers = ends.filter(({ exit }) => !exit.unsure).map(({ reference }) => reference);
    for (const carrier of given.carriers) {
      const endings = endingsOf(program, given.files, carrier, keepers, walked, effects);
      // Somebody who frees the object drops its pages first: then all have to. Who empties a list and frees what they stand in has to anyway.
      const isUsual = endings.some((e) => e.walked.exits.some((x) => x.kind === 'dropped' && !x.unsure));
      const { file, name } = start.reference;
      const kept: PathStep = {
        file,
        function: name,
        pos: start.pos,
        text: `taken here, and kept in ${carrier.tag}${carrier.suffix.replaceAll('[]', '')}`,
      };
      for (const { reference, listed, walked: w } of endings) {
        // The fault is the freeing, wherever the path to it turned off.
        const lost = w.lost.flatMap(({ exit }): Turned[] => {
          const freeing = freeingIn(exit);
          return freeing && (isUsual || listed === 'object' || (listed === 'array' && freeing.text.includes('the array')))
            ? [{ exit, pos: placeIn(reference, exit, freeing) }]
            : [];
        });
        note(reference, { ...w, exits: [], lost, failing: [], late: [] }, [kept]);
      }
    }
    const handed = ({ reference, fact }: Given, way: string, isFault: (exit: Exit) => boolean): void => {
      const w = walked(reference, { kind: 'given', facts: [fact] });
      const { file, name } = start.reference;
      const step: PathStep = { file, function: name, pos: start.pos, text: `taken here, and ${way} ${reference.name}()` };
      note(reference, { ...w, exits: [], failing: [], late: [], lost: w.lost.filter(({ exit }) => isFault(exit)) }, [step]);
    };
    for (const { reference, fact } of given.passed)
      for (const exit of kept(program, reference, effects(reference, [fact])))
        add(leakOf(reference, { exit, pos: exit.pos }, 'left here with the page still held, which other ways with such a result drop'));
    for (const { reference, fact } of given.endings) {
      const exits = effects(reference, [fact]);
      const [exit] = exits;
      if (exit && exits.every((e) => e.kind === 'held' && !e.unsure && e.holders.every((h) => h.of >= 0)))
        add(leakOf(reference, { exit, pos: exit.pos }, 'left here with the pages still held, which nobody else drops'));
    }
    for (const back of given.backs) handed(back, 'given back to', (exit) => freeingIn(exit) !== undefined);
    for (const handler of given.handlers) handed(handler, 'kept until', ({ trail }) => hasForgotten(trail));
    return [...found.values()].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.pos - b.pos));
  }

  /** Stores over what an earlier call of the acquiring function kept in an object that both are given, or that a variable leads to. */
  function over(start: Start, own: Walked, add: (w: Witness) => void): void {
    const { reference } = start;
    const params = program.variants(reference)[0]?.params ?? [];
    const kept = own.exits.filter((e) => succeeds(e) && !e.unsure);
    const factOf = ({ of, suffix }: Holder): string[] => {
      if (of >= 0) return suffix.startsWith('.') ? [`${params[of]?.name}${suffix}`] : [];
      return /^(\?|::(?!elsewhere ))/.test(suffix) ? [suffix] : [];
    };
    const facts = [...new Set(kept.flatMap((e) => e.holders.flatMap(factOf)))];
    const [first] = facts;
    if (first === undefined) return;
    const param = params.findIndex((p) => first.startsWith(`${p.name}.`));
    if (!isReentered(program, reference, first.startsWith('::') ? { place: first, mayDrop: context.mayDrop } : { param })) return;
    for (const graph of program.graphs(reference)) {
      for (const late of walk(context, reference, graph, { kind: 'again', facts }).late) {
        if (late.kind !== 'over') continue;
        const { file, name } = reference;
        const earlier: PathStep = { file, function: name, pos: start.pos, text: 'an earlier call took pages here, and kept them' };
        add({
          kind: 'over',
          short: false,
          file,
          function: name,
          pos: late.pos,
          steps: [earlier, ...spokenSteps(late.trail)],
          fields: [],
        });
      }
    }
  }

  function first(start: Start): Walked {
    const key = `${start.reference.key}!${start.pos}`;
    let found = firsts.get(key);
    if (!found) {
      found = walked(start.reference, { ...start, kind: 'site' });
      firsts.set(key, found);
    }
    return found;
  }

  function keeps(start: Start): boolean {
    const { exits, cut } = first(start);
    return cut || exits.some(succeeds);
  }

  return { witnesses, effects, keeps };
}

/** What comes too late on a way through a function. */
function lateOf({ file, name }: FunctionReference, { kind, trail, pos }: Late): Witness {
  return { kind, short: false, file, function: name, pos, steps: spokenSteps(trail), fields: [] };
}

/** True for a way out on which a function says that it has failed, holds nothing more, and leaves its caller pointers to what it has dropped. */
function isStale(e: Exit): boolean {
  return leavesPointers(e) && e.drop?.whole === true && e.holders.some((h) => h.of >= 0);
}

/** The same, wherever they are left. */
function leavesPointers(e: Exit): boolean {
  return e.kind === 'dropped' && !e.unsure && saysFailed(e) && e.drop?.doubt === null && e.holders.some((h) => h.of !== -1);
}

function leakOf({ file, name }: FunctionReference, { exit, pos }: Turned, end: string, before: readonly PathStep[] = []): Witness {
  const steps = spokenSteps(exit.trail);
  return {
    kind: 'leak',
    short: (exit.outcomes & (outcome.all | outcome.earlier)) === 0,
    file,
    function: name,
    pos,
    steps: [...before, ...steps, { file, function: name, pos: exit.pos, text: end }],
    fields: [],
  };
}

/** The step of a path on which what holds the pages is freed, or given up, with the pages in it. */
function freeingIn({ trail }: Exit): PathStep | undefined {
  return stepsOf(trail).find((step) => /frees (what|the array that) holds/.test(step.text));
}

/** The place in a function at which a step of its path was taken, itself or in what it called there. */
function placeIn({ file, name }: FunctionReference, { trail, pos }: Exit, step: PathStep): number {
  const steps = stepsOf(trail);
  const own = steps.slice(0, steps.indexOf(step) + 1).findLast((s) => s.file === file && s.function === name);
  return own?.pos ?? pos;
}

/** Ways out as a caller can tell them: of those that are alike, the one that is certain, if one is. */
function surest(exits: readonly Exit[]): Exit[] {
  const found = new Map<string, Exit>();
  for (const e of exits) {
    // By a result that is no count nobody sees what an earlier round of the call's loop took.
    const took = e.counts || (e.outcomes & (outcome.all | outcome.earlier)) === 0 ? e.outcomes : outcome.all;
    const key = wayOf({ ...e, outcomes: took, unsure: false });
    const known = found.get(key);
    if (!known || (known.unsure && !e.unsure)) found.set(key, e);
  }
  return [...found.values()];
}

/** All that a caller makes of a way out, in one line. */
function wayOf(e: Exit): string {
  const placeOf = (h: Holder): string => `${h.of}${h.suffix}`;
  const asked = typeof e.asked === 'string' || e.asked === null ? e.asked : placeOf(e.asked);
  const places = e.holders.map(placeOf).sort();
  const known = [e.result, e.outcomes, e.counts, asked, e.equals, e.gives, e.allocated, e.extra, e.linked, e.unsure];
  return [...known, ...e.askedIn.map(placeOf), ...e.made, ...places, ...failedOn(e.trail)].join();
}

/** Pages that are kept in fields, as a fault of the function that leaves them there. */
function keptFor({ reference, exit }: End, fields: readonly string[]): Witness {
  const { file, name } = reference;
  const steps = spokenSteps(exit.trail);
  const last = steps.findLast((s) => s.file === file && s.function === name);
  const left: PathStep = { file, function: name, pos: exit.pos, text: `left here with the pages in ${fields.join(', ')}` };
  return { kind: 'kept', short: false, file, function: name, pos: last?.pos ?? exit.pos, steps: [...steps, left], fields };
}

const handedWhole = new Set(handedContainers.values());

/**
 * The failures of a function that keeps pages where it succeeds, and drops them where it fails, on some way at least. Who takes
 * them itself need not show that it can drop them, where all of them certainly are there: of a short count it may keep the number
 * for whoever ends the object.
 */
function untidy({ exits: all, failing }: Walked, takes: boolean): Turned[] {
  const exits = all.filter((e) => !e.unsure);
  const good = exits.filter(succeeds);
  const isZeroGood = good.some((e) => e.result === sign.zero);
  const failed = (e: Exit): boolean => e.result === sign.negative || (isZeroGood && saysFailed(e));
  const taken = outcome.short | outcome.all | outcome.earlier;
  const drops = exits.some((e) => e.kind === 'dropped' && failed(e) && (e.outcomes & taken) !== 0);
  const areThere = ({ outcomes }: Exit): boolean => (outcomes & outcome.all) !== 0 && (outcomes & (outcome.error | outcome.zero)) === 0;
  // Of what was moved into the caller's container one by one, some may be what the caller was promised.
  const isMoved = ({ holders }: Exit): boolean =>
    holders.some((h) => h.suffix.endsWith('[]')) && holders.some((h) => handedWhole.has(h.suffix));
  const mayTell = (e: Exit): boolean => failed(e) && !isMoved(e) && (drops || (takes && areThere(e)));
  // Who drops them where it succeeds keeps nothing.
  const isDone = takes && good.length === 0 && exits.some((e) => e.kind === 'dropped' && e.result === sign.zero && areThere(e));
  return isDone || good.some((e) => !failed(e)) ? failing.filter(({ exit }) => mayTell(exit)) : [];
}

/** True for `if (WARN_ON(…))`: what its author holds for impossible. */
function isAsserted(program: Program, { file }: FunctionReference, { pos }: Turned): boolean {
  const text = program.file(file)?.text ?? '';
  const warn = String.raw`\bWARN(_ON)?(_ONCE)?\s*\([\s!(]*`;
  return new RegExp(`${warn}$`).test(text.slice(Math.max(0, pos - 24), pos)) || new RegExp(`^${warn}`).test(text.slice(pos, pos + 24));
}

/** The functions on a way that handed the pages on though they failed, innermost first. */
function failedOn(trail: Trail | null): string[] {
  return stepsOf(trail).flatMap(failedAt);
}

function failedAt({ text }: PathStep): string[] {
  const name = /^handed on by (\w+)\(\), which failed/.exec(text)?.[1];
  return name === undefined ? [] : [name];
}

/** Names of functions whose failure a caller answers by dropping the pages: one that is passed on as it is, not one that becomes a success. */
function cleanedIn({ undone }: Walked, isIgnored: (callee: string, caller: string) => boolean): string[] {
  return undone.flatMap((trail) => {
    const steps = stepsOf(trail);
    const success = steps.findLastIndex((step) => /^handed on by \w+\(\), which (?:returned 0|succeeded)/.test(step.text));
    return steps.slice(success + 1).flatMap((step) => failedAt(step).filter((name) => !isIgnored(name, step.function)));
  });
}

/** True if one function calls another and never looks at what it returns. */
function ignores(program: Program, callee: string, caller: FunctionReference): boolean {
  return program.graphs(caller).every((graph) => callsOf(graph, callee).every(({ call }) => !isRead(graph, call.result)));
}

const linkingText =
  /\b(list_add|list_move|hlist_add|rb_insert|rb_link|llist_add|idr_alloc|xa_store|xa_insert|xa_alloc|radix_tree_insert|interval_tree_insert|queue_work|queue_delayed_work|schedule_|call_rcu|set_drvdata|fd_install|rcu_assign_pointer|kref_)/;

/** A name that is stored to a field. */
const storing = /(?:->|\.)\s*\w+(?:\[[^\]]*\])?\s*=\s*&?(\w+)/g;

/** Asks whether a function may keep what it is given: it lists it, stores it, or is not known. */
function keepers(program: Program): (name: string, file: string) => boolean {
  const known = program.ledger.memo<boolean>();
  const keeps = (r: FunctionReference): boolean => {
    const text = program.textOf(r);
    const params = new Set((program.variants(r)[0]?.params ?? []).map((p) => p.name).filter((p) => p !== '' && rootOf(p) === p));
    const stores = params.size > 0 && [...text.matchAll(storing)].some((m) => params.has(m[1] as string));
    return stores || linkingText.test(text);
  };
  return (name, file) => {
    const definitions = program.resolve(name, file);
    return definitions.length === 0 || definitions.some((r) => known.get(r.key) ?? known.work(r.key, () => keeps(r)));
  };
}
