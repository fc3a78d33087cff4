/** The objects that a function frees, by the variables that lead to them. */
import type { Graph } from '../../program/graph.js';
import { rootOf } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import { structName } from '../../program/types.js';
import { freeingCalls } from '../../protocol/index.js';

/** The variables of which the objects are freed in a function, with the tags of those. */
export function freedIn(program: Program, file: string, graph: Graph): { variable: string; tag: string }[] {
  const freed = graph.nodes.flatMap(({ operation: o }) => {
    if (o?.kind !== 'call' || o.name === null || !freeingCalls.has(o.name) || o.name.startsWith('devm_')) return [];
    const path = o.args.at(o.name === 'kmem_cache_free' ? 1 : 0)?.path;
    return path && rootOf(path) === path ? [path] : [];
  });
  return [...new Set(freed)].flatMap((variable) => {
    const tag = tagOf(program, file, graph, variable);
    return tag === null ? [] : [{ variable, tag }];
  });
}

/** The struct of the one object that a variable points at; the name that stands for it, if it has no other. */
export function tagOf(program: Program, file: string, graph: Graph, path: string): string | null {
  const type = graph.types.get(path);
  if (type === undefined || type.pointers !== 1 || type.dims.length > 0) return null;
  const name = structName(type);
  return type.tag ?? (name === null ? null : program.structure(name, file)?.tag || name);
}
