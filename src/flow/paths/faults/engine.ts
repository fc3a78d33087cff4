/** Asks for all that can go wrong with a site's pages: on the way up from where they are taken, and where they are kept. */

import type { FunctionReference } from '../../../program/file.js';
import { folderOf } from '../../../program/place.js';
import type { Analysis } from '../../flow.js';
import type { Start } from '../../visit.js';
import { heldText } from '../../words.js';
import { isAsserted } from '../function/asserted.js';
import { namesCalled } from '../function/text.js';
import type { Exit, Turned } from '../memory/state.js';
import { happened, type PathStep, spokenSteps } from '../memory/trail.js';
import { isOwn } from '../step/around.js';
import { type Functions, functionsOf } from '../walk/functions.js';
import { type Dropped, isGivenUp, saysFailed, succeeds, undropped } from '../walk/keeping.js';
import { failedOn } from '../walk/ways.js';
import { droppedAgain } from './again.js';
import type { Carrier } from './carrier.js';
import { type Climbed, climb, leaksOf } from './climb.js';
import { abandonedIn, filledBy } from './closing.js';
import { danglingIn } from './dangling.js';
import { kept } from './passed.js';
import { pendingAt } from './pending.js';
import { lostIn } from './removed.js';
import { maxBetween, requestsKeeping } from './requested.js';
import { storingOver } from './storing.js';
import { endingsOf } from './teardown.js';
import { unheardAt } from './unheard.js';
import { unnamedIn } from './unnamed.js';
import { dropsAt, unseenIn } from './unseen.js';
import { freeingIn, keptFor, leakOf, openFound, placeIn, type Witness } from './witness.js';

/** A function, and the fact that it is entered with. */
export interface Given {
  /** The function. */
  reference: FunctionReference;
  /** The fact at its entry. */
  fact: string;
}

/** Where a site's pages are kept, and from where they are dropped, by the survey. */
export interface Kept extends Dropped {
  /** The fields that keep them. */
  carriers: readonly Carrier[];
  /** The files in which they are kept or dropped. */
  files: readonly string[];
  /** Functions to which the kernel gives back what was handed to it, as a bio's `bi_end_io`. */
  backs: readonly Given[];
  /** Functions that a library calls to drop what it was handed. */
  endings: readonly Given[];
  /** Functions that may make an object forget the pages that it holds. */
  handlers: readonly Given[];
  /** Functions that are handed one page by itself. */
  passed: readonly Given[];
}

/** Every path from a site that ends wrongly, one for each place and kind. */
export function witnesses(analysis: Analysis, start: Start, given: Kept): Witness[] {
  const functions = functionsOf(analysis);
  const found = openFound();
  const climbed = climb(functions, start, found);
  const ends = [
    ...unanswered(climbed),
    ...keptForGood(functions, climbed, given),
    ...storingOver(functions, start, climbed),
    ...freedWith(functions, start, climbed, given),
    ...takenOut(functions, start, climbed, given),
    ...abandoned(functions, start, climbed),
    ...handedBack(functions, start, climbed, given),
    ...leftUnseen(functions, start, climbed, given),
    ...leftUnheard(functions, climbed, given),
    ...leftDangling(functions, start, given),
    ...endedBefore(functions, climbed),
    ...outOfReach(functions, climbed),
  ];
  for (const witness of ends) found.add(witness);
  return found.all();
}

/**
 * True if the site's function succeeds with the pages left in memory that outlives it, or may do so on a path that is not followed; false
 * if it drops them, or ends the object that has them, where it succeeds.
 */
export function keepsPages(analysis: Analysis, start: Start): boolean {
  const { exits, astray } = functionsOf(analysis).first(start);
  return exits.some(succeeds) || (astray && !exits.some((e) => e.kind === 'dropped' && !saysFailed(e)));
}

/** Failures with the pages held that no caller answers by dropping them. */
function unanswered({ failures, cleaned }: Climbed): Witness[] {
  const left = failures.filter(({ reference, turned }) => !cleaned.has(reference.key) && !isTaken(turned.exit));
  const blamed = new Set(left.map(({ reference }) => reference.key));
  // A function that passes on a callee's failure is not blamed if the callee is.
  const own = left.filter(({ turned }) => !failedOn(turned.exit.trail).some(({ key }) => blamed.has(key)));
  return own.map(({ reference, turned }) =>
    leakOf(reference, turned, 'returns an error here with the pages still held, which nothing drops then'),
  );
}

/** True for pages in a pipe or an skb of the caller: the kernel takes those down. */
function isTaken({ holders }: Exit): boolean {
  return holders.length > 0 && holders.every((h) => h.of >= 0 && /@(?:pipe|skb)$/.test(h.suffix));
}

/** Pages that stay in fields from which nobody drops them, or in an object whose members say that it has none. */
function keptForGood({ context: { program } }: Functions, { givenUp, ends, levels }: Climbed, given: Kept): Witness[] {
  const denied = givenUp.filter(
    ({ reference, turned, level }) =>
      isOwn(program, turned.exit, reference) &&
      !isAsserted(program, reference, turned) &&
      isGivenUp(program, { reference, exit: turned.exit, level }, given, levels),
  );
  const says = ({ none }: Exit): string =>
    none.length > 0 ? 'of which the object now says that there are none' : 'which the object does not count';
  return [
    ...denied.map(({ reference, turned }) =>
      leakOf(reference, turned, `returns an error here with the pages still held, ${says(turned.exit)}`),
    ),
    ...ends.flatMap((end) => {
      const fields = undropped(program, end, given, levels);
      return fields.length > 0 ? [keptFor(end, 'kept', fields)] : [];
    }),
  ];
}

/** Objects with the pages that are on a list, where the list's object is freed at the close of a file. */
function abandoned({ context }: Functions, { reference: { file, name }, pos }: Start, climbed: Climbed): Witness[] {
  const near = climbed.ends.filter(({ level }) => level <= maxBetween).map((end) => end.reference);
  const heads = new Set(near.flatMap((by) => filledBy(context.program, by)));
  const requests = heads.size === 0 ? [] : requestsKeeping(context, climbed);
  return [...new Set(requests.map((by) => by.file))].flatMap((by) =>
    abandonedIn(context.program, by, heads).map((found): Witness => {
      const place = { file: by, function: found.reference.name, pos: found.pos };
      const taken: PathStep = { file, function: name, pos, text: `taken here, and kept by what is put on ${found.head}` };
      const text = `${found.variable} is freed here, without a look at what is on ${found.head}`;
      return { kind: 'leak', short: false, ...place, steps: [taken, { ...place, text }], fields: [] };
    }),
  );
}

/** Objects that are freed with the pages in them. */
function freedWith({ context, walked }: Functions, start: Start, climbed: Climbed, given: Kept): Witness[] {
  const { program, effects } = context;
  const { file } = start.reference;
  const keepers = climbed.ends.filter(({ exit }) => !exit.unsure).map(({ reference }) => reference);
  const isLeftThere = (): boolean => requestsKeeping(context, climbed).length > 0;
  // Functions that keep the pages may also end the object, if they are in the site's folder.
  const beside = keepers.flatMap((r) => (folderOf(r.file) === folderOf(file) ? [r.file] : []));
  const files = [...new Set([...given.files, ...beside])];
  return given.carriers.flatMap((carrier) => {
    const endings = endingsOf(program, files, carrier, keepers, walked, effects);
    // If one function that frees the object drops its pages first, all have to. One that empties a list, and frees what holds the pages,
    // always has to.
    const isUsual = endings.some((e) => e.isUsual || e.walked.exits.some((x) => x.kind === 'dropped' && !x.unsure));
    const taken = keptStep(start, carrier);
    return endings.flatMap(({ reference, listed, closes, walked: { lost } }) => {
      // The fault is at the free, wherever the path to it turned off.
      const freed = lost.flatMap(({ exit }): Turned[] => {
        const freeing = freeingIn(exit);
        return freeing && (isUsual || (closes && isLeftThere()) || listed === 'object' || (listed === 'array' && freeing.what === 'array'))
          ? [{ exit, pos: placeIn(reference, exit, freeing.step) }]
          : [];
      });
      return leaksOf(climbed, reference, freed, [taken]);
    });
  });
}

/** Objects that are taken from where others find them, and left with the pages in them. */
function takenOut({ context, walked }: Functions, start: Start, climbed: Climbed, given: Kept): Witness[] {
  const files = [...new Set([...given.files, ...climbed.ends.map(({ reference }) => reference.file)])];
  return given.carriers.flatMap((carrier) =>
    files
      .flatMap((by) => lostIn(context.program, by, carrier, walked, files))
      .flatMap(({ reference, turned }) => leaksOf(climbed, reference, [turned], [keptStep(start, carrier)])),
  );
}

/** The site, as the first step of a path that begins with its pages in an object. */
function keptStep({ reference: { file, name }, pos }: Start, { tag, suffix }: Carrier): PathStep {
  return { file, function: name, pos, text: `taken here, and kept in ${heldText(`#${tag}${suffix}`)}` };
}

/** Pages that are lost in functions which the site hands them to, or which are given back what holds them. */
function handedBack({ context, walked }: Functions, { reference: { file, name }, pos }: Start, climbed: Climbed, given: Kept): Witness[] {
  const { program, effects } = context;
  // Pages in an object beside the bio are dropped from there, not from the bio.
  const isElsewhere = given.drops.some(({ heaps }) => heaps.some((field) => !field.includes('@')));
  const taken = (way: string, by: FunctionReference): PathStep => ({
    file,
    function: name,
    pos,
    text: `taken here, and ${way} ${by.name}()`,
  });
  const left = (reference: FunctionReference, exit: Exit, way: string, end: string): Witness =>
    leakOf(reference, { exit, pos: exit.pos }, end, [taken(way, reference)]);
  const handed = ({ reference, fact }: Given, way: string, isFault: (exit: Exit) => boolean): Witness[] => {
    const lost = walked(reference, { kind: 'given', facts: [fact] }).lost.filter(({ exit }) => isFault(exit));
    return leaksOf(climbed, reference, lost, [taken(way, reference)]);
  };
  return [
    ...given.passed.flatMap(({ reference, fact }) =>
      kept(program, reference, effects(reference, [fact])).map((exit) =>
        left(reference, exit, 'passed on to', 'returns here with the page still held, which other paths with such a result drop'),
      ),
    ),
    ...given.endings.flatMap(({ reference, fact }) => {
      const exits = effects(reference, [fact]);
      const [exit] = exits;
      return exit && exits.every((e) => e.kind === 'held' && !e.unsure && e.holders.every((h) => h.of >= 0))
        ? [left(reference, exit, 'kept until', 'returns here with the pages still held, which nothing else drops')]
        : [];
    }),
    ...(isElsewhere ? [] : given.backs).flatMap((back) => handed(back, 'given back to', ({ trail }) => happened(trail, 'freed'))),
    ...given.handlers.flatMap((handler) => handed(handler, 'kept until', ({ trail }) => happened(trail, 'forgotten'))),
  ];
}

/** Ends of objects that fail before they drop the pages, where nobody sees that. */
function leftUnseen({ context }: Functions, { reference: { file, name }, pos }: Start, { leaving }: Climbed, given: Kept): Witness[] {
  const files = new Set([...given.files, ...leaving.map(({ reference }) => reference.file)]);
  const isDropper = (r: FunctionReference): boolean =>
    given.drops.some((d) => d.holder === r.key && d.heaps.length > 0) || leaving.some((left) => dropsAt(context, r, left));
  /** True for a function that drops the pages itself, or that calls one of its file which does. */
  const leadsToDrop = (r: FunctionReference): boolean =>
    isDropper(r) ||
    namesCalled(context.program, r).some((called) => context.program.shell(r.file)?.byName.get(called)?.some(isDropper) === true);
  return [...files].flatMap(unseenIn(context.program)).flatMap(({ reference: by, pos: at, passed, before, ender }): Witness[] => {
    const drops = ender === null ? isDropper : leadsToDrop;
    const dropper = before.some(drops) ? undefined : passed.find(drops);
    if (dropper === undefined) return [];
    const place = { file: by.file, function: by.name, pos: at };
    const taken: PathStep = { file, function: name, pos, text: `taken here, and kept until ${dropper.name}()` };
    const who = ender === null ? 'nothing sees that it failed' : `${ender.name}() does not check whether it failed`;
    const text = `returns an error here before ${dropper.name}() drops the pages; ${who}`;
    return [{ kind: 'leak', short: false, ...place, steps: [taken, { ...place, text }], fields: [] }];
  });
}

/** Failures that nobody looks at, where the object still points at what was dropped. */
function leftUnheard({ context }: Functions, { stale }: Climbed, given: Kept): Witness[] {
  return stale.flatMap(({ reference, exit }): Witness[] => {
    const left = unheardAt(context, reference, exit, given.drops);
    if (left === null) return [];
    const place = { file: reference.file, function: reference.name, pos: left.pos };
    const text = `left in ${left.path}, from where ${left.by.name}() drops it again; ${left.caller.name}() does not see that this failed`;
    const steps = [...spokenSteps(exit.trail), { ...place, text }, ...droppedAgain(context, left.by, left.path)];
    return [{ kind: 'double', short: false, ...place, steps, fields: [] }];
  });
}

/** Tables that are freed as a request fails, and from which another request drops. */
function leftDangling({ context }: Functions, { reference, pos }: Start, given: Kept): Witness[] {
  const place = { file: reference.file, function: reference.name };
  return danglingIn(context, reference, given.drops).map((left): Witness => {
    const steps: PathStep[] = [
      { ...place, pos, text: `taken here, and kept in ${left.path}` },
      { ...place, pos: left.pos, text: `${left.api}() frees the array, and ${left.path} still points to it` },
      { file: left.by.file, function: left.by.name, pos: left.drop.pos, text: `found there, and dropped by ${left.drop.api}()` },
    ];
    return { kind: 'dangling', short: false, ...place, pos: left.pos, steps, fields: [left.by.name] };
  });
}

/** Pages that wait in a field to replace others, in an object that ends before. */
function endedBefore({ context }: Functions, { ends, levels }: Climbed): Witness[] {
  const certain = ends.filter(({ exit }) => !exit.unsure);
  return certain.flatMap((end) =>
    pendingAt(context, end, (r) => levels.has(r.key)).map(({ reference: { file, name }, pos, dropped, left }): Witness => {
      const text = `left here in ${left}, where they were to replace those in ${dropped}: only those are dropped`;
      return {
        kind: 'leak',
        short: false,
        ...{ file, function: name, pos },
        steps: [...spokenSteps(end.exit.trail), { file, function: name, pos, text }],
        fields: [],
      };
    }),
  );
}

/** Pages that nothing leads back to, one fault for each function that leaves them so. */
function outOfReach({ context: { program } }: Functions, { ends, levels }: Climbed): Witness[] {
  const taking = new Set(levels.keys());
  const found = new Map<string, Witness>();
  for (const end of ends) {
    const members = unnamedIn(program, end, taking);
    const key = `${end.reference.key} ${members.join()}`;
    if (members.length > 0 && !found.has(key)) found.set(key, keptFor(end, 'unnamed', members));
  }
  return [...found.values()];
}
