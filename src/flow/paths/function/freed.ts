/** The objects that a function frees. */
import type { Graph } from '../../../program/graph.js';
import { rootOf } from '../../../program/path.js';
import type { Program } from '../../../program/program.js';
import { structName } from '../../../program/types.js';
import { freedOf, freeingCalls } from '../../../protocol/index.js';

/** The variables whose objects a function frees, with the struct's tag, and the offset of the first call that frees it. */
export function freedIn(program: Program, file: string, graph: Graph): { variable: string; tag: string; pos: number }[] {
  const freed = new Map<string, number>();
  for (const { operation: o, pos } of graph.nodes) {
    if (o?.kind !== 'call' || o.name === null || !freeingCalls.has(o.name)) continue;
    const path = freedOf(o.name, o.args)[0]?.path;
    if (path && rootOf(path) === path && !freed.has(path)) freed.set(path, pos);
  }
  return [...freed].flatMap(([variable, pos]) => {
    const tag = pointedTag(program, file, graph, variable);
    return tag === null ? [] : [{ variable, tag, pos }];
  });
}

/** The tag of the struct that a variable points at, or the typedef's name if it has no tag; `null` if it points at no single struct. */
export function pointedTag(program: Program, file: string, graph: Graph, path: string): string | null {
  const type = graph.types.get(path);
  if (type === undefined || type.pointers !== 1 || type.dims.length > 0) return null;
  const name = structName(type);
  return type.tag ?? (name === null ? null : program.structure(name, file)?.tag || name);
}
