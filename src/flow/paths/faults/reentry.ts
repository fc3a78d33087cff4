/** Whether a request of user space may call a function again for an object that lives on, without a test that keeps it out. */
import type { CallSite } from '../../../program/callers.js';
import type { FunctionReference } from '../../../program/file.js';
import { type Graph, type Guard, isStore, leadsTo, type Node } from '../../../program/graph.js';
import { installedAs } from '../../../program/installed.js';
import { rootOf, splitSteps, suffixAfter, type Value } from '../../../program/path.js';
import type { Program } from '../../../program/program.js';
import { remembered } from '../../../program/remembered.js';
import { freeEntryName, makingName, releases, requestMembers, requestName } from '../../../protocol/index.js';
import { isHandedOut } from '../../mentions.js';
import { writtenByUser } from '../function/asked.js';
import { indexOf } from '../loops/unwind.js';
import { mayStore, mayStoreAbove, waysThrough } from '../step/setting.js';

/** How many callers up to look for a request. */
const maxLevels = 3;

/** What is kept: in an object, by the index of the parameter that is it or leads to it; or at a place below a global. */
export type KeptPlace = { param: number } | { place: string };

type MayDrop = (name: string, file: string) => boolean;

/**
 * True if a request of user space leads to the function, for an object that was not made on the way, and is not tested.
 * @param mayDrop true if a function of a name, as seen from a file, may drop references
 * @param isEmptied true if a caller has dropped, when it returns, what a callee has left in the object
 */
export function isReentered(
  program: Program,
  reference: FunctionReference,
  kept: KeptPlace,
  mayDrop: MayDrop,
  isEmptied: (caller: FunctionReference, callee: FunctionReference) => boolean,
): boolean {
  const isCome: IsCome = (site, callee, given) =>
    !isEmptied(site.caller, callee) &&
    !site.node.guards.some((g) => keepsOut(program, site, g)) &&
    !('place' in given ? isLookedAfter(site, given.place, mayDrop) : isDroppedBefore(site, given.param, mayDrop));
  return isRequested(program, reference, kept, isCome);
}

/** True for a call that leads to the function once more, for the same object. */
type IsCome = (site: CallSite, callee: FunctionReference, given: KeptPlace) => boolean;

/** True if a request of user space leads to the function, by calls that `isCome` accepts, for an object that was not made on the way. */
export function isRequested(program: Program, reference: FunctionReference, kept: KeptPlace, isCome: IsCome, level = 0): boolean {
  if (isRequest(program, reference)) return true;
  if (level >= maxLevels) return false;
  return program.callSites(reference).some((site) => {
    const { caller } = site;
    const above = 'place' in kept ? kept : below(program, site, kept.param);
    if (above === null || !isCome(site, reference, kept)) return false;
    return isRequest(program, caller) || isRequested(program, caller, above, isCome, level + 1);
  });
}

/**
 * True for a function that user space can have called as often as it likes for one open file: by the member that it is installed as, or by
 * its name, if its name is handed out or no function calls it (that would choose the object).
 */
export function isRequest(program: Program, reference: FunctionReference): boolean {
  const { file, name } = reference;
  if (installedRequests(program)(file).has(name)) return true;
  return requestName.test(name) && (isHandedOut(program, reference) || program.callers(reference).every((caller) => caller.macro));
}

/** Names of the functions that a file installs for such requests. */
const installedRequests = remembered((program: Program) => {
  const known = program.ledger.memo<ReadonlySet<string>>();
  return (file: string): ReadonlySet<string> =>
    known.get(file) ??
    known.work(file, () => {
      const text = program.shell(file)?.outside ?? '';
      return new Set(requestMembers.flatMap((member) => installedAs(text, 'file_operations', member)));
    });
});

/**
 * True for a test around a call that reads a member of the object and may come out otherwise the next time: something on a path through
 * the call, or a caller, may store to the member. If only others store to it, whoever passed the test passes it again.
 */
function keepsOut(program: Program, { caller, graph, node }: CallSite, guard: Guard): boolean {
  if (/cmd/.test(guard.text) || (guard.path !== null && writtenByUser(graph).has(rootOf(guard.path)))) return false;
  const members = Array.from(guard.text.matchAll(/[.>]\s*(\w+)/g), (match) => match[1] as string);
  if (members.length === 0) return false;
  const way = waysThrough(graph, [node]);
  return members.some((member) => way.some(mayStore(program, caller.file, member)) || mayStoreAbove(program, caller, member, maxLevels));
}

/** True if a call on a path to another one may drop what is in the object that the other is given. */
function isDroppedBefore({ caller: { file }, graph, node, call }: CallSite, param: number, mayDrop: MayDrop): boolean {
  const object = call.args[param]?.path;
  if (object == null) return false;
  const isOf = (path: string | null): boolean => path !== null && (suffixAfter(path, object) ?? suffixAfter(object, path)) !== null;
  return graph.nodes.some((n) => {
    const o = n.operation;
    if (o?.kind !== 'call' || o.name === null || o.name === call.name || !o.args.some((a) => isOf(a.path))) return false;
    return (releases.has(o.name) || mayDrop(o.name, file)) && leadsTo(graph, n, (m) => m === node);
  });
}

/**
 * The object in terms of the caller; its parameter is -1 if it is found otherwise. `null` for an object that the caller made or chose for
 * this call, or that ends with the caller.
 */
function below(program: Program, site: CallSite, param: number): KeptPlace | null {
  const { graph, node, call } = site;
  // An object that was found further down is not known to the callers up here.
  if (param < 0) return { param };
  const given = call.args[param];
  const object = given?.path ? rootOf(given.path) : '';
  // The object in a field of a general struct, `file->private_data`, was there before.
  if (object === '' && /\.\w+$/.test(given?.text ?? '')) return { param: -1 };
  if (given && isOnStack(program, site, given)) return null;
  const index = indexOf(call.expressions[param]);
  if (object === '' || isMade(graph, object) || [index, object].some((name) => name !== null && isChosen(graph, node, name))) return null;
  return { param: graph.params.findIndex((p) => p.name === object) };
}

/** True for a value on the caller's stack, also by a pointer that is only ever set to such. */
function isOnStack(program: Program, site: CallSite, value: Value): boolean {
  const set = value.address ? [] : site.graph.aliases.filter((a) => a.target === value.path);
  return isItsOwn(program, site, value) || (set.length > 0 && set.every(({ source }) => isItsOwn(program, site, source)));
}

/** True for the address of a local variable, or of a part of one; an array is its own address. */
function isItsOwn(program: Program, { caller, graph }: CallSite, { path, address }: Value): boolean {
  const root = path === null ? '' : rootOf(path);
  const type = graph.types.get(root);
  const isGiven = type?.dims.length !== 0 && graph.params.some((p) => p.name === root);
  if (path === null || type === undefined || isGiven || root.startsWith('::')) return false;
  const places = splitSteps(path.slice(root.length)).map((_, i, steps) => root + steps.slice(0, i + 1).join(''));
  const types = [type, ...places.map((place) => program.typeOf(place, graph, caller.file))];
  const isThere = address || (types.at(-1)?.pointers === 0 && types.at(-1)?.dims.length !== 0);
  return isThere && types.slice(0, -1).every((t) => t?.pointers === 0);
}

/** True for a variable that an earlier loop has found, or a call that looks for what is free: what it leads to is not in use yet. */
function isChosen({ nodes }: Graph, at: Node, variable: string): boolean {
  const results = new Set(nodes.flatMap(({ operation: o }) => (o?.kind === 'call' && freeEntryName.test(o.name ?? '') ? [o.result] : [])));
  return nodes.some(({ loops, guards, operation: o }) => {
    if (!isStore(o) || o.target !== variable) return false;
    if (loops.some((l) => !at.loops.includes(l))) return !guards.some(isKey);
    return o.kind === 'copy' && results.has(o.source.path ?? '');
  });
}

/** True for a comparison with a name, `id == wanted`: an object that was there before is looked up. */
function isKey({ negated, values: [value = '', ...others] }: Guard): boolean {
  return !negated && others.length === 0 && /^(?!true$|false$)[a-z_]/.test(value);
}

/** True for a caller that tests the place before the call, or calls a function that may drop what is there. */
function isLookedAfter({ caller: { file }, graph, node }: CallSite, place: string, mayDrop: MayDrop): boolean {
  return graph.nodes.some(({ pos, operation: o }) => {
    if (pos >= node.pos) return false;
    if (o?.kind === 'assume') return [o.left, o.right].some(({ path }) => path !== null && suffixAfter(place, path) !== null);
    return o?.kind === 'call' && o.name !== null && mayDrop(o.name, file);
  });
}

/** True for a variable that is set to the result of a call that makes objects, or looks one up for this. */
export function isMade(graph: Graph, variable: string): boolean {
  return graph.nodes.some((n) => {
    const o = n.operation;
    if (o?.kind !== 'copy' || o.target !== variable || !o.source.path?.startsWith('%')) return false;
    return graph.nodes.some(
      (m) => m.operation?.kind === 'call' && m.operation.result === o.source.path && makingName.test(m.operation.name ?? ''),
    );
  });
}
