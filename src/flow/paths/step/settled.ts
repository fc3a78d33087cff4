/** Conditions whose outcome is known to whoever holds the reference. */
import { type Assume, type CallOperation, callsAt, type Graph, type Node } from '../../../program/graph.js';
import { isOwnValue, rootOf, type Value } from '../../../program/path.js';
import { remembered } from '../../../program/remembered.js';
import {
  type Acquire,
  acquires,
  backingName,
  bioFlagSetter,
  errorTests,
  frameTest,
  frameTestName,
  kernelBackedTest,
  noFrameName,
  pageBoundCall,
  pageStateTest,
  roundingUp,
  saysNoReferences,
  stateReading,
  stateTestName,
  userTests,
} from '../../../protocol/index.js';
import { zero } from '../../../syntax/truth.js';
import type { WalkContext } from '../context.js';
import { isPointer } from '../function/shape.js';
import { textAt } from '../function/text.js';
import { countsTaking } from '../loops/last.js';
import { isStillZero } from '../loops/none.js';
import { isMovedOn } from '../loops/unwind.js';
import { constantName } from '../memory/conditions.js';
import { baseOf, holders, placeAt, reach, reaches, valueIn } from '../memory/memory.js';
import { signOf } from '../memory/signs.js';
import { outcome, type State, sign, theReference } from '../memory/state.js';

/**
 * True for an edge that is not taken: the condition is on the state of an object, or on a count, and decides whether something is dropped.
 * Whoever holds the reference knows how that comes out, so the path past the drop is not real.
 */
export function settled(local: WalkContext, n: Node, state: State): boolean {
  const o = n.operation;
  if (o?.kind !== 'assume' || state.phase !== 'held') return false;
  const { shape, entry } = local;
  const isAsked = o.call?.args.some((a) => valueIn(state, a) === theReference) === true;
  // A frame number that is an error, or stands for no page, holds nothing.
  if (isAsked && o.op === '!=' && noFrameName.test(o.call?.name ?? '')) return true;
  // The result of a call that failed in a later iteration is no frame number.
  if (o.op === '==' && noFrameName.test(o.call?.name ?? '') && o.call?.args.some((a) => signOf(state, valueIn(state, a)) === sign.negative))
    return true;
  // Frame numbers are collected into runs: one that continues the run is known by the first and the length, so nobody keeps it.
  if (o.op === '==' && n.loops.length > 0 && continuesRun(local, state, o)) return true;
  if (saysNoUsers(local, o, state)) return true;
  if (isMoreThanAll(local, o, state)) return true;
  if (o.call !== null && isUnflagged(local, state, o.call, o.op === '!=')) return true;
  if (isAsked && o.op === '==' && o.call?.name === frameTest) return true;
  if (o.call === null && o.op === '==' && isZero(o.right) && isFilled(state, o.left)) return true;
  if (o.call === null && o.op === '==' && isZero(o.right) && isRoundedUp(local, state, o.left.path)) return true;
  if (!shape.passesDrop(n.id) || (isAsked && pageStateTest.test(o.call?.name ?? ''))) return false;
  if (isAsked && frameTestName.test(o.call?.name ?? '')) return true;
  if (o.call !== null)
    return (
      backingName.test(o.call.name ?? '') ||
      (stateTestName.test(o.call.name ?? '') && !asksOther(local, state, o.call)) ||
      (entry.kind !== 'site' && entry.kind !== 'returned' && asksHolder(local, state, o.call))
    );
  const path = o.left.path;
  if (path === null) return false;
  // Once pages are held from earlier iterations, the counter of those is not where it began.
  if (/^[=<>]=$/.test(o.op) && o.right.path !== null && (state.outcomes & outcome.earlier) !== 0)
    if ([path, o.right.path].some((p) => countsTaking(local, p))) return true;
  // A count of what is held is not zero; but it may be the index of an iteration that failed.
  const saysNone = isZero(o.right) && /^(==|<=|<)$/.test(o.op);
  if (saysNone && saysHowMany(local, path) && isCount(local, state, path, o.left)) return path !== state.index && path !== state.stopped;
  const value = valueIn(state, o.left);
  if (isBacking(local, value)) return true;
  if (entry.kind === 'site') return false;
  if (entry.kind === 'returned' && isAllOwn(local, state, [rootOf(path), baseOf(value ?? path), baseOf(placeAt(state, path) ?? path)]))
    return false;
  if (
    value === null ||
    /^[=~&]/.test(value) ||
    constantName.test(value) ||
    (/^[?%]/.test(value) && (!value.includes('.') || state.fresh.has(baseOf(value))))
  )
    return false;
  // A bound, `n > max`, is asked about what is still to be done.
  if (/^[<>]/.test(o.op) && !isZero(o.right) && n.loops.length === 0) return false;
  const root = rootOf(value);
  // A function that is handed only the pages, and fails as another object is not ready, leaves them to its caller.
  if (entry.kind === 'given' && entry.facts.every((f) => !f.includes('.') && rootOf(f) !== root) && failsAtOnce(local, n)) return false;
  const isParam = local.graph.params.some((p) => p.name === root);
  return value.includes('.') || value.startsWith('::') || (entry.kind === 'given' && isParam);
}

/** True on an edge that says that the pages are no user's, so no references were taken: by a call that asks that, or its stored answer. */
function saysNoUsers({ graph }: WalkContext, { op, left, right, call }: Assume, state: State): boolean {
  const asked = call ?? (isZero(right) ? originTestsIn(graph).get(valueIn(state, left) ?? '') : undefined);
  const name = asked?.name ?? '';
  return op === '!=' ? kernelBackedTest.test(name) : op === '==' && userTests.has(name);
}

/** The calls that ask whose an iterator's pages are, by their results. */
const originTestsIn = remembered(
  ({ nodes }: Graph): ReadonlyMap<string, CallOperation> =>
    new Map(
      nodes.flatMap(({ operation: o }) =>
        o?.kind === 'call' && (userTests.has(o.name ?? '') || kernelBackedTest.test(o.name ?? '')) ? [[o.result, o] as const] : [],
      ),
    ),
);

/** True on an edge that says of a number of pages that it is above the number of all that the iterator has. */
function isMoreThanAll({ graph, entry }: WalkContext, { op, left, right }: Assume, state: State): boolean {
  if (entry.kind !== 'site' || (op !== '>' && op !== '<')) return false;
  const bound = valueIn(state, op === '>' ? right : left);
  if (bound?.startsWith('%') !== true) return false;
  const iterators = iteratorsAt(graph, entry.pos);
  return graph.nodes.some(
    ({ operation: o }) =>
      o?.kind === 'call' && o.result === bound && o.name === pageBoundCall && iterators.includes(o.args[0]?.path ?? null),
  );
}

/** The iterators from which the calls at an offset take pages. */
function iteratorsAt(graph: Graph, pos: number, isMeant: (a: Acquire) => boolean = () => true): (string | null)[] {
  return callsAt(graph, pos).flatMap(({ name, args }) => {
    const acquire = acquires.get(name ?? '');
    return acquire?.iterator == null || !isMeant(acquire) ? [] : [args[acquire.iterator]?.path ?? null];
  });
}

/** True on an edge that says that the iterator is not user backed, before `iov_iter_extract_pages()`: the call takes no references then. */
export function takesNone(local: WalkContext, { operation: o }: Node, state: State): boolean {
  const { entry, graph } = local;
  if (entry.kind !== 'site' || o?.kind !== 'assume' || !saysNoUsers(local, o, state)) return false;
  const asked = o.call?.args[0]?.path ?? null;
  return asked !== null && iteratorsAt(graph, entry.pos, ({ taken }) => taken === 'conditional').includes(asked);
}

/**
 * True for an answer by which a bio has no references, `!bio_flagged(bio, BIO_PAGE_PINNED)`: whoever takes them sets its flag. Not for a
 * bio that the path made, if the file never sets that flag: it has its references without.
 */
function isUnflagged({ program, reference }: WalkContext, state: State, { name, args }: CallOperation, isSet: boolean): boolean {
  const flag = args[1]?.text ?? '';
  if (!saysNoReferences(name, flag, isSet)) return false;
  const bio = valueIn(state, args[0]);
  const isOwn = bio !== null && state.fresh.has(baseOf(bio));
  return isSet || !isOwn || program.says(reference.file, new RegExp(`\\b${bioFlagSetter}\\s*\\([^;]*\\b${flag}\\b`));
}

/** True for the result of a call that asks whose the pages are. */
function isBacking({ graph }: WalkContext, value: string | null): boolean {
  return value !== null && backingsIn(graph).has(value);
}

const backingsIn = remembered(
  ({ nodes }: Graph): ReadonlySet<string> =>
    new Set(nodes.flatMap(({ operation: o }) => (o?.kind === 'call' && asksBacking(o) ? [o.result] : []))),
);

function asksBacking({ name, args }: CallOperation): boolean {
  return backingName.test(name ?? '') || [true, false].some((isSet) => saysNoReferences(name, args[1]?.text ?? '', isSet));
}

/** True if only local variables of this function have the reference, and not those that are tested. */
function isAllOwn({ graph }: WalkContext, state: State, tested: readonly string[]): boolean {
  return holders(state).every((place) => {
    const base = baseOf(place);
    const type = graph.types.get(base);
    if (tested.some((other) => other === base || reaches(state, other))) return false;
    const isLocal = type !== undefined && !graph.params.some((p) => p.name === base);
    if (isOwnValue(place.slice(base.length))) return isLocal || base.startsWith('%');
    return state.fresh.has(base)
      ? !state.shared.has(base)
      : isLocal && (type.dims.length > 0 || (type.pointers === 0 && type.tag !== null));
  });
}

/**
 * True for a question about the state of another object, where the function has taken the pages itself and has them in local variables
 * only: nobody else can drop them, whatever the answer. False if the function may have set itself what it asks about.
 */
function asksOther(local: WalkContext, state: State, { name, args }: CallOperation): boolean {
  if (local.entry.kind !== 'site' || !stateReading.test(name ?? '')) return false;
  const asked = args.flatMap((a) => a.path ?? []);
  const isSet = local.graph.nodes.some(
    ({ operation: o }) =>
      o?.kind === 'call' && !stateReading.test(o.name ?? '') && o.args.some((a) => a.address && asked.includes(a.path ?? '')),
  );
  return !isSet && isAllOwn(local, state, [...asked.map(rootOf), ...args.flatMap((a) => baseOf(valueIn(state, a) ?? a.text))]);
}

/** True for the number of parts of a bio or skb that has the pages. */
function isFilled(state: State, { text }: Value): boolean {
  const path = /^(\w+)\.(?:bi_vcnt|bi_iter\.bi_size|nr_frags)$/.exec(text)?.[1];
  return path !== undefined && reach(state, valueIn(state, { path, address: false, text })).some((s) => /^@(bvec|skb)$/.test(s));
}

/** True for a number of pages that is rounded up from what the acquiring call returned: not zero, if that is not. */
function isRoundedUp(local: WalkContext, state: State, path: string | null): boolean {
  const { graph, entry } = local;
  if (path === null || entry.kind !== 'site' || state.result === null) return false;
  const results = graph.aliases.flatMap(({ target, source }) => (source.path === state.result ? [target] : []));
  const made = graph.nodes.filter(({ operation: o }) => o?.kind === 'copy' && o.target === path);
  const isOf = (text: string): boolean => roundingUp.test(text) && results.some((name) => new RegExp(`\\b${name}\\b`).test(text));
  return (
    made.length > 0 &&
    made.every((n) => n.operation?.kind === 'copy' && n.operation.replaces && isOf(/^[^;]*/.exec(textAt(local, n))?.[0] ?? ''))
  );
}

/** True if nothing follows a condition but a return of an error. */
function failsAtOnce({ graph: { nodes } }: WalkContext, n: Node): boolean {
  for (let at: Node = n, left = 4; left > 0 && at.successors.length === 1; left--) {
    at = nodes[at.successors[0] as number] as Node;
    const { operation: o } = at;
    if (o?.kind === 'return') return o.value?.path === null && /^-\s*(E[A-Z]+|\d+)$/.test(o.value.text);
    if (o !== null) return false;
  }
  return false;
}

/** True for `frame == *first + i`, with the followed reference as `frame`. False for pointers: of two pages one behind the other. */
function continuesRun({ program, reference, graph }: WalkContext, state: State, { left, right }: Assume): boolean {
  const isSum = (v: Value): boolean => v.path !== null && / \+ /.test(v.text);
  const isNumber = (path: string): boolean => program.typeOf(path, graph, reference.file)?.pointers === 0;
  const isFrame = (v: Value): boolean => v.path !== null && isNumber(v.path) && valueIn(state, v) === theReference;
  return (isFrame(left) && isSum(right)) || (isFrame(right) && isSum(left));
}

/** True for a question about the object that holds the reference, and nothing else; not about the page. */
function asksHolder(local: WalkContext, state: State, { name, args }: CallOperation): boolean {
  const [object, ...others] = args;
  // `IS_ERR(obj)` asks only whether the object was made.
  if (name === null || errorTests.test(name) || others.length > 0 || local.mayDrop(name, local.reference.file)) return false;
  const held = reach(state, valueIn(state, object));
  return held.length > 0 && !held.includes('');
}

/** True for a name that says how much is dropped. The counter of a loop that takes the pages says how much is still to be taken. */
function saysHowMany({ shape, taking }: WalkContext, path: string): boolean {
  return shape.counts.has(path) || shape.indexes.get(path)?.some((l) => !taking.some((t) => t.id === l.id)) === true;
}

/** True for a variable that says how much is held. Not the acquiring call's result, nor that variable used for something else later. */
function isCount(local: WalkContext, state: State, path: string, tested: Value): boolean {
  const { graph, entry } = local;
  const value = valueIn(state, tested);
  const { result } = state;
  // An error code is no count.
  if (value !== null && signOf(state, value) === sign.negative) return false;
  // A number that is still zero says that nothing will be dropped.
  if (isStillZero(local, state, tested) || (entry.kind === 'given' && value === '=0')) return false;
  // If the pages were moved to a container one by one, this iteration may have taken all of them from here.
  if (value?.startsWith('~') && signOf(state, value) === sign.any && isMovedOn(local, state)) return false;
  if (result !== null && value !== null) {
    if (value === result) return false;
    // `rc = pin(…); … rc = map(…); if (rc)`: the variable is used again.
    if (/^%\d+$/.test(value) && graph.aliases.some((a) => a.target === path && a.source.path === result)) return false;
  }
  return !isOther(graph, state, path, value);
}

/** True for a pointer that does not lead to the reference: that it is NULL says nothing of the pages. */
function isOther(graph: Graph, state: State, path: string, tested: string | null): boolean {
  return isPointer(graph, path) && !reaches(state, tested);
}

function isZero(value: Value): boolean {
  return value.path === null && zero.test(value.text);
}
