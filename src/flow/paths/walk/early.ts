/** Failures of functions that end objects: those before any drop that may happen with any object. */
import type { FunctionReference } from '../../../program/file.js';
import { type Graph, leadsTo, type Node } from '../../../program/graph.js';
import { rootOf } from '../../../program/path.js';
import type { Program } from '../../../program/program.js';
import { countingName, printOrUnlockName, reportingName } from '../../../protocol/index.js';
import { isAsserted } from '../function/asserted.js';
import { testedBy } from '../function/tested.js';
import { namesCalled } from '../function/text.js';
import { errorSigns } from '../memory/signs.js';
import { type Exit, sign } from '../memory/state.js';
import { happened, stepsOf, type TrailStep } from '../memory/trail.js';

interface Within {
  program: Program;
  reference: FunctionReference;
  graph: Graph;
}

/** The exits of a function that was given the pages; marked as `early` are failures before all drops that may happen with any object. */
export function withEarly(within: Within, exits: Exit[]): Exit[] {
  const drops = new Set(exits.flatMap((e) => (e.kind === 'dropped' && e.drop !== null ? [e.drop.pos] : [])));
  if (drops.size === 0 || !exits.some(mayBeEarly)) return exits;
  return exits.map((exit) => {
    const turn = mayBeEarly(exit) ? turnOf(within.reference, exit) : undefined;
    if (turn === undefined || !isBefore(within, turn, drops)) return exit;
    const failed = { ...exit, early: true, result: errorSigns(exit.result) };
    if (turn.event?.kind === 'passed') return failed;
    const { file, name } = within.reference;
    const step = { file, function: name, pos: exit.pos, text: 'returns an error here before the pages are dropped', event: null };
    return { ...failed, trail: { step, before: exit.trail } };
  });
}

/** True for an exit that fails with the pages, where nobody else was given them and no others of them were dropped. */
function mayBeEarly({ kind, result, unsure, linked, trail }: Exit): boolean {
  return kind === 'held' && !unsure && !linked && (result & sign.zero) === 0 && !happened(trail, 'spared');
}

/** The step at which a function turned towards an exit: a condition, or a call. */
function turnOf({ name, file }: FunctionReference, { trail }: Exit): TrailStep | undefined {
  const isTurn = ({ event }: TrailStep): boolean => event?.kind === 'tested' || event?.kind === 'passed';
  return stepsOf(trail).findLast((step) => step.function === name && step.file === file && isTurn(step));
}

/** True if every path to the drops leads by that step, or by a test of what the function itself may have set. */
function isBefore({ program, reference, graph }: Within, turn: TrailStep, drops: ReadonlySet<number>): boolean {
  if (turn.event?.kind === 'passed') return turn.event.early === true && drops.has(turn.pos);
  const isDrop = ({ operation: o, pos }: Node): boolean => o?.kind === 'call' && drops.has(pos);
  const isTurn = ({ operation: o, pos }: Node): boolean => o?.kind === 'assume' && pos === turn.pos;
  if (isAsserted(program, reference, turn) || !graph.nodes.every((n) => !isTurn(n) || saysFailed({ program, reference, graph }, n)))
    return false;
  const open = new Set(graph.nodes.flatMap((n) => (isOpen(graph, n, isTurn) ? [n.pos] : [])));
  return !leadsTo(graph, graph.nodes[graph.entry] as Node, isDrop, (n) => isTurn(n) || (n.operation?.kind === 'assume' && open.has(n.pos)));
}

/** True for a test, on a path to the other one, of a member that the function may have stored to before: it is not as the object came. */
function isOpen(graph: Graph, n: Node, isOther: (n: Node) => boolean): boolean {
  const path = n.operation?.kind === 'assume' ? n.operation.left.path : null;
  if (path === null || rootOf(path) === path) return false;
  const isStore = ({ operation: o }: Node): boolean => (o?.kind === 'clear' || o?.kind === 'copy') && o.target === path;
  return leadsTo(graph, n, isOther) && graph.nodes.some((m) => isStore(m) && leadsTo(graph, m, (x) => x === n));
}

/** True for a test of the result of calls that may fail; calls that count users, or only look at the object, may not. */
function saysFailed({ program, reference: { file }, graph }: Within, n: Node): boolean {
  const results = testedBy(graph, n);
  const names = graph.nodes.flatMap(({ operation: o }) => (o?.kind === 'call' && results.includes(o.result) ? [o.name ?? ''] : []));
  const does = (name: string): boolean => !printOrUnlockName.test(name) && !reportingName.test(name);
  const mayFail = (name: string): boolean => program.resolveNear(name, file).every((r) => namesCalled(program, r).some(does));
  return names.length > 0 && names.every((name) => !countingName.test(name) && mayFail(name));
}
