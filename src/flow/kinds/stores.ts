/** Stores to fields of structs, by declared types. */
import type { FunctionReference } from '../../program/file.js';
import type { Graph } from '../../program/graph.js';
import type { Program } from '../../program/program.js';
import { ownersIn, scopeOf } from '../facts.js';

/** A store to a field of some struct. */
export interface Store {
  /** `#tag.field`, or the name that {@link behind} gives. */
  field: string;
  /** The constant that is stored; null for anything else. */
  value: string | null;
  /** Id of the node. */
  node: number;
  /** Offset of the store. */
  pos: number;
}

/** The name of what a pointer parameter points at, to be used like that of a field. */
export function behind({ key }: FunctionReference, parameter: string): string {
  return `${key}*${parameter}`;
}

/** The fields that a path names by declared types; for a parameter that points at no struct, what it points at. */
export function fieldsAt(program: Program, reference: FunctionReference, graph: Graph, path: string | null): string[] {
  if (path === null) return [];
  const name = path.replace(/\[\]$/, '');
  const type = graph.params.find((p) => p.name === name)?.type;
  if (type?.pointers === 1 && type.tag === null) return [behind(reference, name)];
  if (!path.includes('.')) return [];
  return ownersIn(scopeOf(program, graph, reference), path).map((o) => `#${o.tag}${o.rest}`);
}

/** All stores to fields in a graph. */
export function storesIn(program: Program, reference: FunctionReference, graph: Graph): Store[] {
  return graph.nodes.flatMap(({ id, pos, operation: o }): Store[] => {
    if (o?.kind !== 'clear' && o?.kind !== 'copy' && o?.kind !== 'update') return [];
    const value = o.kind === 'clear' ? o.text : o.kind === 'copy' ? nameIn(graph, o.source.path) : null;
    return fieldsAt(program, reference, graph, o.target).map((field) => ({ field, value: value === '' ? null : value, node: id, pos }));
  });
}

/** The path if it is the name of an enumerator or macro, not of a variable. */
function nameIn(graph: Graph, path: string | null): string | null {
  return path !== null && /^[A-Za-z_]\w*$/.test(path) && !graph.types.has(path) ? path : null;
}
