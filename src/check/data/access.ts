/** Where the data in a site's pages is read or written, and where the pages are marked dirty. */
import { analyse } from '../../flow/analyse.js';
import { contentsOf, type Facts, isHeap, isLocal, type Scope, scopeOf } from '../../flow/facts.js';
import type { DirtyEvent, FunctionFlow } from '../../flow/flow.js';
import { isOffAt } from '../../flow/kernels.js';
import { placeOf } from '../../flow/moves.js';
import type { Followed, Visit } from '../../flow/visit.js';
import type { FunctionReference } from '../../program/file.js';
import { type CallOperation, isStore } from '../../program/graph.js';
import { rootOf, stepsOf, type Value } from '../../program/path.js';
import { folderOf } from '../../program/place.js';
import type { Program } from '../../program/program.js';
import { remembered } from '../../program/remembered.js';
import { cacheLocks, type DeviceCall, deviceCalls, dirtyCalls, fillingCalls, pageFillingCalls } from '../../protocol/index.js';
import { passesFlag } from '../../survey/flags.js';
import { assumptionsOf } from '../../survey/sites.js';
import { stepsTo } from '../../survey/trace.js';
import type { Subject } from '../../survey/unit.js';
import { releasesIn } from '../evidence.js';
import { type FindingStep, stepIn } from '../finding.js';

/** A call or a store that reaches the data in the pages. */
export interface Access {
  visit: Visit;
  pos: number;
  /** The fact which says that the pages are there. */
  fact: string;
  /** The path that names them in the function. */
  path: string;
  /** Name of the called function; `null` for a store. */
  name: string | null;
  /** True for an access by a device, false for one by a processor. */
  device: boolean;
  /** Text of the DMA direction, `''` if it is no constant; up to 5.17 it may be `PCI_DMA_TODEVICE` or its like. */
  direction: string;
}

/** Where a device is given the pages or a processor writes to them: calls that tables know, and stores through a mapped address. */
export const accessesOf = remembered((subject: Subject): Access[] =>
  [...subject.followed.visits, ...usersOfLists(subject)].flatMap((visit) => accessesIn(subject, visit)),
);

/**
 * Functions that reach the pages through a list of them in an object, which another function of their file has filled: nothing that they do
 * drops pages, so they are not visited for the site.
 */
function usersOfLists({ program, analysis, followed }: Subject): Visit[] {
  const known = new Set(
    followed.visits.flatMap(({ heap, flow }) => [heap ?? '', ...flow.origins.keys()].map((fact) => `${flow.reference.key} ${fact}`)),
  );
  const found = new Map<string, Visit>();
  for (const from of followed.visits)
    for (const heap of from.flow.heap.filter((h) => list.test(h))) {
      const field = stepsOf(heap)[0]?.slice(1);
      const near = field === undefined ? [] : program.touching(from.flow.reference.file, [field], rootOf(heap).slice(1));
      for (const reference of near) {
        const key = `${reference.key} ${heap}`;
        if (reference.macro || known.has(key) || found.has(key) || !mayReach(program)(reference)) continue;
        found.set(key, visitBy(followed, from, heap, analyse(analysis, reference, [{ pos: null, facts: [heap] }])));
      }
    }
  return [...found.values()];
}

/** Matches a field with a list of pages, for a device to walk. */
const list = /@(?:sgl|bvec)$/;

/** A visit of a function that finds pages in a field into which another visited function has put them. */
function visitBy({ visits }: Followed, from: Visit, heap: string, flow: FunctionFlow): Visit {
  const parent = { visit: from, pos: from.flow.reference.item.pos, fact: heap };
  return { id: visits.length, way: 'field', flow, parent, also: [], heap, depth: from.depth + 1 };
}

const named = new RegExp(`\\b(?:${[...deviceCalls.keys(), ...fillingCalls.keys(), ...pageFillingCalls.keys()].join('|')})\\s*\\(`);

/** Tells from its text whether a function makes one of these calls: most do not, and many are visited for several sites. */
const mayReach = remembered((program: Program) => {
  const known = program.ledger.memo<boolean>();
  return (reference: FunctionReference): boolean =>
    known.get(reference.key) ?? known.work(reference.key, () => named.test(program.textOf(reference)));
});

function accessesIn({ program }: Subject, visit: Visit): Access[] {
  const { reference, origins } = visit.flow;
  const facts = new Set([...origins.keys()].filter((f) => isLocal(f) || isHeap(f)));
  const mapped = [...facts].some((f) => f.endsWith('@address'));
  if (!mapped && !mayReach(program)(reference)) return [];
  const found = new Map<number, Access>();
  for (const graph of program.graphs(reference)) {
    const scope = scopeOf(program, graph, reference);
    for (const { operation: o, pos } of graph.nodes) {
      if (found.has(pos)) continue;
      if (o?.kind === 'call') {
        const device = o.name === null ? undefined : deviceCalls.get(o.name);
        const reached = reachedBy(o, device);
        const place = reached && placeOf(o, reached.memory);
        const behind = place && givenBehind(place, reached, facts, scope);
        if (behind === null) continue;
        const direction = device?.direction == null ? '' : (o.args[device.direction]?.text ?? '');
        found.set(pos, { visit, pos, ...behind, name: o.name, device: device !== undefined, direction });
      } else if (mapped && isStore(o)) {
        const behind = storedBehind(o.target, facts, scope);
        if (behind !== null) found.set(pos, { visit, pos, ...behind, name: null, device: false, direction: '' });
      }
    }
  }
  return [...found.values()];
}

/** What a call gives to a device or fills: the argument with the memory, and the suffixes of it that stand for the pages. */
interface Reached {
  memory: string;
  isMeant(suffix: string): boolean;
  /** The memory is given by the address that is written to. */
  isAddress?: true;
}

/** What a call reaches; `null` for a call that reaches no data. */
function reachedBy({ name, args }: CallOperation, device: DeviceCall | undefined): Reached | null {
  if (name === null) return null;
  if (device) return { memory: device.memory, isMeant: () => true };
  const written = fillingCalls.get(name);
  if (written !== undefined) return { memory: written, isMeant: (suffix) => suffix === '@address', isAddress: true };
  const { memory, way } = pageFillingCalls.get(name) ?? {};
  const isIntoPages = way === undefined || way.into.test(args[way.argument]?.text ?? '');
  return memory !== undefined && isIntoPages ? { memory, isMeant: (suffix) => suffix === '' } : null;
}

/**
 * The pages that an argument stands for. `&head->flags` is a place behind the address in `head`; `&obj->addr` is where an address stands,
 * not what is there.
 */
function givenBehind(place: Value, { isMeant, isAddress }: Reached, facts: Facts, scope: Scope): Pick<Access, 'fact' | 'path'> | null {
  if (place.path === null) return null;
  if (isAddress && place.address) return storedBehind(place.path, facts, scope);
  const fact = factAt(place, facts, scope, isMeant);
  return fact === null ? null : { fact, path: place.path };
}

/**
 * The fact which says that pages are below a place; `null` if there is none.
 * @param isMeant true for a suffix between the place and the pages that counts
 */
function factAt(place: Value, facts: Facts, scope: Scope, isMeant: (suffix: string) => boolean): string | null {
  if (!contentsOf(place, facts, scope).some(isMeant)) return null;
  return [...facts].find((fact) => contentsOf(place, new Set([fact]), scope).some(isMeant)) ?? null;
}

/** The mapped address that a store goes through: `*p`, `p->field`, `p[i]`; `null` for any other store. */
function storedBehind(target: string, facts: Facts, scope: Scope): Pick<Access, 'fact' | 'path'> | null {
  const steps = stepsOf(target);
  let path = rootOf(target);
  for (const step of steps) {
    const fact = factAt({ path, address: false, text: '' }, facts, scope, (suffix) => suffix === '@address');
    if (fact !== null) return { fact, path };
    path += step;
  }
  return null;
}

/** A position in a visited function as a step of a finding's path. */
export function stepAt({ program }: Subject, { flow }: Visit, pos: number, text: string): FindingStep {
  return stepIn(program, flow.reference, pos, text);
}

/** An access as the last steps of a finding's path: how the pages got there, and what happens to them. */
export function accessSteps(subject: Subject, { visit, pos, fact, path, name, device }: Access): FindingStep[] {
  const by = name === null ? 'here' : `by ${name}()`;
  const last = stepAt(subject, visit, pos, device ? `given to a device ${by}` : `written to ${by}`);
  return [...stepsTo(subject.program, visit, fact, { pos, path }, true), last];
}

/** A mark as the last steps of a finding's path. */
export function markSteps(subject: Subject, { visit, event }: Mark): FindingStep[] {
  const { program } = subject;
  const { reference, origins } = visit.flow;
  const place: Value = { path: event.fact, address: false, text: '' };
  const facts = new Set(origins.keys());
  const [fact = ''] = program
    .graphs(reference)
    .flatMap((graph) => factAt(place, facts, scopeOf(program, graph, reference), () => true) ?? []);
  return [
    ...stepsTo(program, visit, fact, { pos: event.pos, path: event.fact }, true),
    stepAt(subject, visit, event.pos, `marked dirty by ${event.api}()`),
  ];
}

/** A pattern of arguments that stand for a write in old kernels: the write flag, the direction of a transfer, `rw == READ`. */
export const writing = '(?:^(?:1|true)$|\\w*FROM_?DEVICE|\\w+ ?== ?READ$)';

/** True if the pages are taken to be written to: FOLL_WRITE, the write flag of old kernels, or a direction in its place. */
export function mayWrite({ program, site }: Subject): boolean {
  const at = site.signature?.flags ?? null;
  const flags = at === null ? undefined : site.call.expressions[at];
  if (!flags) return false;
  return passesFlag(program, site, 'FOLL_WRITE') || passesFlag(program, site, writing);
}

/** A call that marks a page dirty, and the visit of the function that makes it. */
export interface Mark {
  visit: Visit;
  event: DirtyEvent;
}

/** The marks of a site's pages in the folders where these are taken and dropped. General code elsewhere marks anybody's pages. */
export function dirtiesOf(subject: Subject): Mark[] {
  const alternatives = assumptionsOf(subject.program, subject.site);
  const folders = new Set([subject.row.file, ...releasesIn(subject).map((s) => s.visit.flow.reference.file)].map(folderOf));
  return subject.followed.visits
    .filter((visit) => folders.has(folderOf(visit.flow.reference.file)))
    .flatMap((visit) => visit.flow.dirties.map((event) => ({ visit, event })))
    .filter(({ visit, event }) => !isOffAt(alternatives, visit, event.assumptions));
}

/**
 * Marks of the same pages by functions nearby that find them in a field where they stand with a reference of their own. Such a field is not
 * followed for the site, since that reference is not the site's.
 */
export function marksOfShared({ program, analysis, followed, row }: Subject): Mark[] {
  const marks: Mark[] = [];
  for (const from of followed.visits) {
    for (const heap of from.flow.shared) {
      const field = stepsOf(heap)[0]?.slice(1);
      const folders = new Set([row.file, from.flow.reference.file].map(folderOf));
      const files = field === undefined ? [] : program.tree.filesAccessing(field).filter((f) => folders.has(folderOf(f)));
      for (const reference of files.flatMap((file) => program.touching(file, [field as string], rootOf(heap).slice(1)))) {
        if (reference.macro || !marking.test(program.textOf(reference))) continue;
        const flow = analyse(analysis, reference, [{ pos: null, facts: [heap] }]);
        const visit = visitBy(followed, from, heap, flow);
        marks.push(...flow.dirties.map((event) => ({ visit, event })));
      }
    }
  }
  return marks;
}

/** Matches a call that marks a page dirty. */
export const marking = new RegExp(`\\b(?:${[...dirtyCalls.keys()].join('|')})\\s*\\(`);

/** Matches a call that locks a page. */
export const locking = new RegExp(`\\b(?:${[...cacheLocks].join('|')})\\s*\\(`);
