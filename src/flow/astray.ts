/** What a function stores where none of its names leads: `*slot = page`, with a `slot` that was computed or that a call returned. */
import { isOwnValue, rootOf } from '../program/path.js';
import { memoryCall } from '../protocol/index.js';
import { credible, type Facts, heapFact, isLocal, namings, type Scope } from './facts.js';

/**
 * The paths that hold the reference when the function returns, below pointers that lead neither to its callers nor to a field; those
 * below variables first, then those below pointers without a name.
 * @param isGone true if what was held under a name is held there no more
 */
export function astray(facts: Facts, scope: Scope, isGone: (name: string) => boolean): string[] {
  const found = [...facts].filter((fact) => isLocal(fact) && !isOwn(fact, scope) && isNowhere(fact, scope, isGone));
  return [...found.filter((path) => !isUnnamed(path)), ...found.filter(isUnnamed)];
}

/** All names of the memory that a path names, of those whose type may hold pages. */
export function namesOf(path: string, scope: Scope): string[] {
  const names = [path, ...namings(path, scope.graph).map(({ name }) => name)];
  return names.filter((name) => credible(name, scope));
}

/** True if every name of the memory is below a pointer of which nothing is known, and none of them lost what it held. */
function isNowhere(path: string, scope: Scope, isGone: (name: string) => boolean): boolean {
  return namesOf(path, scope).every(
    (name) => !isGone(name) && !isOwn(name, scope) && !isAnothers(name, scope) && heapFact(name, scope) === null,
  );
}

/** True for a variable, a part of one, and memory that the function allocated itself: what is lost there is a leak, not a gap. */
function isOwn(path: string, { graph }: Scope): boolean {
  const root = rootOf(path);
  if (isOwnValue(path.slice(root.length))) return true;
  const type = graph.types.get(root);
  // A variable that a macro declares has no type.
  if (type === undefined ? !isUnnamed(root) : type.dims.length > 0 || (type.pointers === 0 && type.tag !== null)) return true;
  return graph.nodes.some(({ operation: o }) => o?.kind === 'call' && o.result === root && o.name !== null && memoryCall.test(o.name));
}

/** True for memory that is reached from a parameter or a global. */
function isAnothers(path: string, { graph }: Scope): boolean {
  const root = rootOf(path);
  return root.startsWith('::') || graph.params.some((p) => p.name === root);
}

/** The pointer through which a path leads, for people. */
export function pointerText(path: string): string {
  return isUnnamed(path) ? 'a pointer that has no name' : rootOf(path);
}

function isUnnamed(path: string): boolean {
  return path.startsWith('%');
}
