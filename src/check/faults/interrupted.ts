/** Pages that are dropped where a wait for a device was ended by a signal or a timeout, while the device still works with them. */
import type { CallSite } from '../../program/callers.js';
import type { FunctionReference } from '../../program/file.js';
import { type CallOperation, type Graph, type Node, namedCall } from '../../program/graph.js';
import { suffixAfter } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import { deviceCalls, startingCalls } from '../../protocol/index.js';
import type { Subject } from '../../survey/unit.js';
import { noPointer } from '../../syntax/truth.js';
import { type Access, accessesOf, accessSteps } from '../data/access.js';
import { releasesIn } from '../evidence.js';
import { type Complaint, type FindingStep, stepIn, taken } from '../finding.js';
import { argumentsOf, type Dropping, leadingTo } from './droppings.js';
import { rootsOf, sourcesOf } from './leading.js';
import { handedUp, isStartedNear, mayStop, type Waiting, waitsBehind, waysFrom } from './started.js';
import type { Ways } from './waits.js';

/** A drop behind a wait that has ended before the device did. */
interface Early {
  waiting: Waiting;
  dropping: Dropping;
}

/** The same, with every way in which the wait can end before that drop. */
interface Told extends Early {
  access: Access;
  hows: Set<Waiting['how']>;
}

/** A wait behind which its function does not drop the pages, with the ways in which that function then returns. */
interface Left {
  waiting: Waiting;
  graph: Graph;
  ways: Ways;
}

/** How many callers up the drop may be. */
const maxLevels = 3;

/**
 * Complaints about drops on a path on which a device was given the pages, a wait for it may have ended early, and nothing was called since
 * that could stop the device. One for each wait, the first, and each drop once.
 */
export function interruptedDrops(subject: Subject): Complaint[] {
  const { program } = subject;
  const accesses = accessesOf(subject).filter((a) => a.device && isStartedNear(program, a.visit.flow.reference.file));
  const droppings = accesses.length === 0 ? [] : releasesIn(subject).flatMap((release) => leadingTo(program, release, maxLevels));
  if (droppings.length === 0) return [];
  const found = new Map<string, Told>();
  for (const access of accesses)
    for (const { waiting, dropping } of dropsIn(subject, accessSites(program, access), [], droppings)) {
      const { wait, how } = waiting;
      const same = [...found.values()].find((t) => t.waiting.wait.pos === wait.pos && t.waiting.wait.reference.key === wait.reference.key);
      const drop = `${dropping.reference.file}:${dropping.pos}`;
      if (!same && !found.has(drop)) found.set(drop, { access, waiting, dropping, hows: new Set([how]) });
      else if (same?.dropping === dropping) same.hows.add(how);
    }
  return [...found.values()].map((told) => complaintOf(subject, told));
}

/** The call that is an access, in each variant of its function. */
function accessSites(program: Program, { visit, pos, name }: Access): CallSite[] {
  const caller = visit.flow.reference;
  return program.graphs(caller).flatMap((graph) =>
    graph.nodes.flatMap((node) => {
      const call = node.pos === pos ? namedCall(node) : null;
      return call?.name === name ? [{ caller, graph, node, call }] : [];
    }),
  );
}

/**
 * The first drop behind each wait, in a function that gives a device the pages and in those above it.
 * @param sites where it does so, itself or through a function that it calls
 * @param below the waits from which that function comes back
 */
function dropsIn(subject: Subject, sites: readonly CallSite[], below: readonly Left[], droppings: readonly Dropping[], level = 0): Early[] {
  const { program } = subject;
  const found: Early[] = [];
  const left: Left[] = [];
  for (const at of sites) {
    const dropAt = droppingsAt(at, droppings, level > 0);
    const isNone = noneIn(subject, at.caller);
    const isOver = (n: Node): boolean => dropAt(n) !== undefined || mayStop(n) || isNone(n);
    const from = below.flatMap(({ waiting, graph, ways }) => handedUp(waiting, graph, ways, at));
    for (const waiting of [...from, ...waitsBehind(program, at, (n) => dropAt(n) !== undefined)]) {
      const ways = waysFrom(at.graph, waiting, isOver);
      const dropping = ways.over.map(dropAt).find((d) => d !== undefined);
      if (dropping) found.push({ waiting, dropping });
      else left.push({ waiting, graph: at.graph, ways });
    }
  }
  const above = level < maxLevels && sites[0] ? sitesAbove(program, sites[0].caller) : [];
  return found.concat(above.flatMap((callers) => dropsIn(subject, callers, left, droppings, level + 1)));
}

/**
 * The calls of a function, grouped by caller. None for a function that is itself a call of the tables: its callers are no part of the
 * driver.
 */
function sitesAbove(program: Program, reference: FunctionReference): CallSite[][] {
  if (startingCalls.has(reference.name) || deviceCalls.has(reference.name)) return [];
  const sites = program.callSites(reference);
  return program.callers(reference).map(({ key }) => sites.filter(({ caller }) => caller.key === key));
}

/**
 * Finds the drop that a node is, or leads to.
 * @param isAbove the device is given the pages in a called function; a drop of pages that are found in an object is then meant only if that
 *   function was given the object
 */
function droppingsAt(
  { caller, graph, call }: CallSite,
  droppings: readonly Dropping[],
  isAbove: boolean,
): (n: Node) => Dropping | undefined {
  const own = droppings.filter(({ reference }) => reference.key === caller.key);
  const roots = rootsOf(call.args);
  const isOf = (dropping: Dropping, drop: CallOperation): boolean => {
    if (!isAbove || !dropping.isFound) return true;
    const sources = sourcesOf(graph, rootsOf(argumentsOf(dropping, drop)));
    return roots.some((root) => sources.has(root));
  };
  return (n) => {
    const drop = namedCall(n);
    return drop === null ? undefined : own.find((dropping) => dropping.pos === n.pos && isOf(dropping, drop));
  };
}

/** Makes a test for conditions which say that there is nothing where the pages are. */
function noneIn({ followed }: Subject, { key }: FunctionReference): (n: Node) => boolean {
  const facts = followed.visits.flatMap(({ flow }) => (flow.reference.key === key ? [...flow.origins.keys()] : []));
  return ({ operation: o }) => {
    const path = o?.kind === 'assume' && o.op === '==' && noPointer.test(o.right.text) ? o.left.path : null;
    return path !== null && facts.some((fact) => fact !== path && suffixAfter(fact, path) !== null);
  };
}

function complaintOf(subject: Subject, { access, waiting, dropping, hows }: Told): Complaint {
  const { program, row } = subject;
  const { start, wait, left } = waiting;
  const { reference, pos, release } = dropping;
  const message = `pages of ${row.api}() are dropped where ${wait.name}() ${[...hows].join(' or ')}, and the device may still access them`;
  const steps: FindingStep[] = accessSteps(subject, access);
  if (start.pos !== access.pos) steps.push(stepIn(program, start.reference, start.pos, `${start.name}() starts the work on them`));
  const ending = [...hows].map((how) => (how === 'timed out' ? 'a timeout' : 'a signal')).join(' or ');
  const below = pos === release.event.pos ? '' : ` in ${release.visit.flow.reference.name}()`;
  steps.push(
    stepIn(program, wait.reference, wait.pos, `${wait.name}() waits for it, unless ${ending} comes first`),
    ...left.map(({ reference: caller, pos: at, name, result }) =>
      stepIn(program, caller, at, `${name}() returns${result === '' ? '' : ` ${result}`}`),
    ),
    stepIn(program, reference, pos, `dropped by ${release.event.api}()${below}`),
  );
  return { message, file: reference.file, function: reference.name, pos, path: [taken(subject), ...steps] };
}
