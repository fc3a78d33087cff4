/** What a function leaves where no name of its leads: `*slot = page`, with a `slot` that was computed or that a call gave. */
import { isOwnValue, rootOf } from '../program/path.js';
import { memoryCall } from '../protocol/index.js';
import { credible, type Facts, heapFact, isLocal, namings, type Scope } from './facts.js';

/**
 * The paths that hold the reference when a function is left, below pointers which lead neither to its callers nor to a field: those
 * of variables before those of pointers that have no name.
 * @param isGone says that what was held under a name was taken away
 */
export function astray(facts: Facts, scope: Scope, isGone: (name: string) => boolean): string[] {
  const found = [...facts].filter((fact) => isLocal(fact) && !isOwn(fact, scope) && isNowhere(fact, scope, isGone));
  return [...found.filter((path) => !isUnnamed(path)), ...found.filter(isUnnamed)];
}

/** What the memory that a path names is called in a function. */
export function namesOf(path: string, scope: Scope): string[] {
  const names = [path, ...namings(path, scope.graph).map(({ name }) => name)];
  return names.filter((name) => credible(name, scope));
}

/** True where each name of the memory is only a pointer that leads there, of which nothing is known, and is so to the end. */
function isNowhere(path: string, scope: Scope, isGone: (name: string) => boolean): boolean {
  return namesOf(path, scope).every(
    (name) => !isGone(name) && !isOwn(name, scope) && !isAnothers(name, scope) && heapFact(name, scope) === null,
  );
}

/** True for a variable, or a part of one, and for memory that the function allocated itself: what is lost there is a leak. */
function isOwn(path: string, { graph }: Scope): boolean {
  const root = rootOf(path);
  if (isOwnValue(path.slice(root.length))) return true;
  const type = graph.types.get(root);
  // What is declared by a macro has no type.
  if (type === undefined ? !isUnnamed(root) : type.dims.length > 0 || (type.pointers === 0 && type.tag !== null)) return true;
  return graph.nodes.some(({ operation: o }) => o?.kind === 'call' && o.result === root && o.name !== null && memoryCall.test(o.name));
}

/** True for memory of the function's callers, or of the whole file. */
function isAnothers(path: string, { graph }: Scope): boolean {
  const root = rootOf(path);
  return root.startsWith('::') || graph.params.some((p) => p.name === root);
}

/** The pointer that leads to what a path names, as people read it. */
export function pointerText(path: string): string {
  return isUnnamed(path) ? 'a pointer that has no name' : rootOf(path);
}

function isUnnamed(path: string): boolean {
  return path.startsWith('%');
}
