/** The objects that a function frees, by the variables that lead to them. */
import type { Graph } from '../../../program/graph.js';
import { rootOf } from '../../../program/path.js';
import type { Program } from '../../../program/program.js';
import { structName } from '../../../program/types.js';
import { freedOf, freeingCalls } from '../../../protocol/index.js';

/** The variables of which the objects are freed in a function, with the tags of those, and where one is freed first. */
export function freedIn(program: Program, file: string, graph: Graph): { variable: string; tag: string; pos: number }[] {
  const freed = new Map<string, number>();
  for (const { operation: o, pos } of graph.nodes) {
    if (o?.kind !== 'call' || o.name === null || !freeingCalls.has(o.name)) continue;
    const path = freedOf(o.name, o.args)[0]?.path;
    if (path && rootOf(path) === path && !freed.has(path)) freed.set(path, pos);
  }
  return [...freed].flatMap(([variable, pos]) => {
    const tag = tagOf(program, file, graph, variable);
    return tag === null ? [] : [{ variable, tag, pos }];
  });
}

/** The struct of the one object that a variable points at; the name that stands for it, if it has no other. */
export function tagOf(program: Program, file: string, graph: Graph, path: string): string | null {
  const type = graph.types.get(path);
  if (type === undefined || type.pointers !== 1 || type.dims.length > 0) return null;
  const name = structName(type);
  return type.tag ?? (name === null ? null : program.structure(name, file)?.tag || name);
}
