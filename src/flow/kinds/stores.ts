/** Fields of structs, as the declared types tell them, and what is stored in them. */
import type { FunctionReference } from '../../program/file.js';
import type { Graph } from '../../program/graph.js';
import type { Program } from '../../program/program.js';
import { ownersIn, scopeOf } from '../facts.js';

/** A store of a constant, or (`value` null) of something else, to a field of some struct: `#tag.field`. */
export interface Store {
  field: string;
  value: string | null;
  node: number;
  pos: number;
}

/** What stands behind a pointer that a function was given, as if it were a field. */
export function behind({ key }: FunctionReference, parameter: string): string {
  return `${key}*${parameter}`;
}

/** The fields that a path names by the declared types, or what a pointer leads to that was given to the function. */
export function fieldsAt(program: Program, reference: FunctionReference, graph: Graph, path: string | null): string[] {
  if (path === null) return [];
  const name = path.replace(/\[\]$/, '');
  const type = graph.params.find((p) => p.name === name)?.type;
  if (type?.pointers === 1 && type.tag === null) return [behind(reference, name)];
  if (!path.includes('.')) return [];
  return ownersIn(scopeOf(program, graph, reference), path).map((o) => `#${o.tag}${o.rest}`);
}

/** The stores to fields in a function. */
export function storesIn(program: Program, reference: FunctionReference, graph: Graph): Store[] {
  return graph.nodes.flatMap(({ id, pos, operation: o }): Store[] => {
    if (o?.kind !== 'clear' && o?.kind !== 'copy' && o?.kind !== 'update') return [];
    const value = o.kind === 'clear' ? o.text : o.kind === 'copy' ? nameIn(graph, o.source.path) : null;
    return fieldsAt(program, reference, graph, o.target).map((field) => ({ field, value: value === '' ? null : value, node: id, pos }));
  });
}

/** The name of an enumerator or macro: what is no variable. */
function nameIn(graph: Graph, path: string | null): string | null {
  return path !== null && /^[A-Za-z_]\w*$/.test(path) && !graph.types.has(path) ? path : null;
}
