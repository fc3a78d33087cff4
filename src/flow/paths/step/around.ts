/** Objects of a caller: below a parameter, or around one that is a member, as `to_foo(base)` and `container_of()` find them. */
import type { FunctionReference } from '../../../program/file.js';
import type { CallOperation, Graph, Node } from '../../../program/graph.js';
import { rootOf } from '../../../program/path.js';
import { memberText } from '../../../program/patterns.js';
import type { Program } from '../../../program/program.js';
import { remembered } from '../../../program/remembered.js';
import { containerBody, containerMacro, containerOf } from '../../../protocol/index.js';
import type { WalkContext } from '../context.js';
import { pointedTag } from '../function/freed.js';
import { testedBy } from '../function/tested.js';
import { bodyOf, membersCalled, namesCalled } from '../function/text.js';
import { baseOf, reach } from '../memory/memory.js';
import type { Exit, Holder, State } from '../memory/state.js';
import { stepsOf, type TrailStep } from '../memory/trail.js';

/** True if what holds the pages is the caller's, and only this function and the callees that handed it the pages have stored them there. */
export function isOwn(program: Program, { holders, linked, trail }: Exit, reference: FunctionReference): boolean {
  const steps = stepsOf(trail);
  const handing = steps.flatMap(({ event }) => (event?.kind === 'handed' ? [event.by] : []));
  // Where several callees have handed the pages on, one may have taken them for some kinds of object only.
  const isGiven = (h: Holder): boolean =>
    h.of >= 0 || ((handing.length < 2 || isForAll(program, reference, steps)) && isAround(program, reference, h));
  if (linked || !holders.every(isGiven)) return false;
  const own = [reference, ...handing];
  return steps.every((step) => step.event?.kind !== 'kept' || own.some((by) => by.file === step.file && by.name === step.function));
}

/** True if, since the pages came in, only results of calls have decided about the path: the function fails so for objects of all kinds. */
function isForAll(program: Program, reference: FunctionReference, steps: readonly TrailStep[]): boolean {
  const own = steps.slice(steps.findLastIndex(({ event }) => event?.kind === 'handed') + 1);
  const tested = own.flatMap((s) =>
    s.event?.kind === 'tested' && s.file === reference.file && s.function === reference.name ? [s.pos] : [],
  );
  return program
    .graphs(reference)
    .some((graph) =>
      tested.every((pos) => graph.nodes.some((n) => n.pos === pos && n.operation?.kind === 'assume' && testedBy(graph, n).length > 0)),
    );
}

/** True for a place in an object around one of the function's parameters. */
function isAround(program: Program, reference: FunctionReference, { suffix }: Holder): boolean {
  return program.graphs(reference).some((graph) => {
    const call = ofParameters(graph).get(rootOf(suffix));
    return call !== undefined && givesAround(program, call.name ?? '', reference.file);
  });
}

/** Calls that may lead from a parameter to the object around it, by result: with the parameter as only argument, or `container_of()`. */
const ofParameters = remembered((graph: Graph): ReadonlyMap<string, CallOperation> => {
  const params = new Set(graph.params.map((p) => p.name));
  const isOne = ({ name, args }: CallOperation): boolean =>
    name !== null && params.has(args[0]?.path ?? '') && (args.length === 1 || containerOf.test(name));
  return new Map(graph.nodes.flatMap(({ operation: o }) => (o?.kind === 'call' && isOne(o) ? [[o.result, o] as const] : [])));
});

/**
 * True for a call of functions near by that is given only a member of the object with the pages, if such a function names the field that
 * holds them: it may get from the member to the whole, and drop them.
 *
 * @param values the values of the call's arguments
 */
export function mayReach(
  { program, graph, reference: { file }, nodes }: WalkContext,
  n: Node,
  o: CallOperation,
  values: readonly (string | null)[],
  state: State,
): boolean {
  if (state.phase !== 'held') return false;
  const called = (): readonly FunctionReference[] => (o.name === null ? (nodes.targets(n, o) ?? []) : program.resolveNear(o.name, file));
  const isObject = (base: string): boolean => reach(state, base).length > 0 && called().some(getsBack(program));
  const objects = values.flatMap((value) => objectsAround(graph, value).filter((base) => !value?.startsWith('&') || isObject(base)));
  const fields = objects.flatMap((object) => reach(state, object)).flatMap((suffix) => suffix.match(/(?<=\.)\w+/g) ?? []);
  if (fields.length === 0) return false;
  const field = new RegExp(memberText(...fields));
  return called().some(
    (r) => names(program, r, field, maxDepth) || pointedBy(program, r).some((by) => names(program, by, field, maxDepth)),
  );
}

/** The objects of which a value may be the address of a member: `&obj->base`, or a parameter that the function goes from to the whole. */
export function objectsAround(graph: Graph, value: string | null): string[] {
  if (value === null) return [];
  if (value.startsWith('&')) return value === `&${baseOf(value)}` ? [] : [baseOf(value)];
  return [...ofParameters(graph)].flatMap(([object, { args }]) => (args[0]?.path === value ? [object] : []));
}

/** True for a call's result that may be the object around a parameter. */
export function isAroundParameter(graph: Graph, object: string): boolean {
  return ofParameters(graph).has(object);
}

/** Where a graph gets from a parameter to the object around it: the result's path, and the object's struct. */
export function wholesOf(
  program: Program,
  graph: Graph,
  { file }: FunctionReference,
  param: string,
): { path: string; tag: string | null }[] {
  return [...ofParameters(graph)].flatMap(([path, { name, args }]) =>
    args[0]?.path === param && givesAround(program, name ?? '', file)
      ? [{ path, tag: pointedTag(program, file, graph, nameOf(graph, path)) }]
      : [],
  );
}

/** A variable that is set to an object; the object itself if there is none. */
export function nameOf({ aliases }: Graph, object: string): string {
  return aliases.find((a) => a.source.path === object)?.target ?? object;
}

/** Tests if a function gets from its parameter to the object around it, or hands it to one that does, or calls one by a member. */
const getsBack = remembered((program: Program) => {
  const known = program.ledger.memo<boolean>();
  const isBack = (r: FunctionReference): boolean =>
    setting.test(program.textOf(r)) &&
    program.graphs(r).some((graph) => [...ofParameters(graph).values()].some((call) => givesAround(program, call.name ?? '', r.file)));
  const isPassing = (r: FunctionReference, depth: number): boolean => {
    const handed = depth > 0 && !r.macro ? program.graphs(r).flatMap(handedOn) : [];
    return handed.some((name) => program.resolveNear(name, r.file).some((by) => by.key !== r.key && gets(by, depth - 1)));
  };
  const gets = (r: FunctionReference, depth: number): boolean =>
    isBack(r) || isPassing(r, depth) || (depth > 0 && pointedBy(program, r).some((by) => gets(by, depth - 1)));
  return (r: FunctionReference): boolean => known.get(r.key) ?? known.work(r.key, () => gets(r, maxDepth));
});

/** Names of the functions that are called with a parameter itself. */
const handedOn = remembered(({ params, nodes }: Graph): readonly string[] =>
  nodes.flatMap(({ operation: o }) =>
    o?.kind === 'call' && o.name !== null && o.args.some((a) => !a.address && params.some((p) => p.name === a.path)) ? [o.name] : [],
  ),
);

const maxDepth = 2;

/** The functions that may be behind the members that a function calls, as its file or folder installs them. */
function pointedBy(program: Program, reference: FunctionReference): FunctionReference[] {
  return membersCalled(program, reference).flatMap((member) => program.installed(reference.file, member));
}

/** True if a function near by, or one that it calls near by, names a field. */
export function mayName(program: Program, called: string, file: string, field: RegExp, depth = maxDepth): boolean {
  return program.resolveNear(called, file).some((r) => names(program, r, field, depth));
}

function names(program: Program, r: FunctionReference, field: RegExp, depth: number): boolean {
  return field.test(program.textOf(r)) || (depth > 0 && namesCalled(program, r).some((n) => mayName(program, n, r.file, field, depth - 1)));
}

/** True for a function or macro that does nothing but get from a member to what is around it. */
function givesAround(program: Program, name: string, file: string): boolean {
  if (containerOf.test(name)) return true;
  const definitions = program.resolve(name, file);
  return (
    definitions.length > 0 &&
    definitions.every((r) => (r.macro ? containerMacro.test(program.textOf(r)) : containerBody.test(bodyOf(program, r))))
  );
}

/** `x = f(y)`: a pointer is set to what a call makes of a variable. */
const setting = /=\s*\w+\s*\(\s*\w+\s*[,)]/;
