/**
 * Ends of objects: functions that free an object of which some field holds pages. Where one of them drops the pages first,
 * and another does not on some path, that path loses them.
 */
import type { FunctionReference } from '../../program/file.js';
import type { Graph } from '../../program/graph.js';
import { rootOf } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import { freeingCalls } from '../../protocol/index.js';
import type { Entry } from './entry.js';
import type { Walked } from './walk.js';

/** A field of a struct in which pages are kept: the tag, and the steps below the object. */
export interface Carrier {
  tag: string;
  suffix: string;
}

/** What becomes of the pages in one function that ends the object's life, or that calls one. */
export interface Ending {
  reference: FunctionReference;
  walked: Walked;
}

const maxLevels = 3;
const maxWalks = 30;

/** Every function of some files in which an object's life ends, found upwards from where it is freed. */
export function endingsOf(
  program: Program,
  files: readonly string[],
  carrier: Carrier,
  walked: (reference: FunctionReference, entry: Entry) => Walked,
): Ending[] {
  const found: Ending[] = [];
  const seen = new Set<string>();
  let walks = 0;
  const field =
    carrier.suffix
      .match(/\.(\w+)/g)
      ?.at(-1)
      ?.slice(1) ?? '';
  const names = new RegExp(`\\b${field}\\b`);
  const visit = (reference: FunctionReference, variable: string, level: number): void => {
    const key = `${reference.key}|${variable}`;
    if (seen.has(key) || walks >= maxWalks) return;
    seen.add(key);
    walks++;
    const params = program.variants(reference)[0]?.params ?? [];
    const index = params.findIndex((p) => p.name === variable);
    if (index < 0) {
      found.push({ reference, walked: walked(reference, { kind: 'object', variable, suffixes: [carrier.suffix] }) });
      return;
    }
    const calls = level < maxLevels ? program.callSites(reference) : [];
    if (calls.length === 0) {
      found.push({ reference, walked: walked(reference, { kind: 'given', facts: [variable + carrier.suffix] }) });
      return;
    }
    for (const { caller, graph, call } of calls) {
      const path = call.args[index]?.path;
      if (path && rootOf(path) === path && isObject(graph, path, carrier.tag)) visit(caller, path, level + 1);
    }
  };
  for (const file of files) {
    for (const reference of program.file(file)?.functions ?? []) {
      if (reference.macro || !freeing.test(program.textOf(reference))) continue;
      // Who ends an object in another of its uses does not name the field.
      if (!names.test(program.textOf(reference))) continue;
      for (const graph of program.graphs(reference)) for (const variable of freedIn(graph, carrier.tag)) visit(reference, variable, 0);
    }
  }
  return found;
}

const freeing = new RegExp(`\\b(?:${[...freeingCalls].filter((name) => !/^devm_|^sg_|vunmap|^free_page/.test(name)).join('|')})\\s*\\(`);

function freedIn(graph: Graph, tag: string): string[] {
  return [
    ...new Set(
      graph.nodes.flatMap(({ operation: o }) => {
        if (o?.kind !== 'call' || o.name === null || !freeingCalls.has(o.name) || o.name.startsWith('devm_')) return [];
        const path = o.args.at(o.name === 'kmem_cache_free' ? 1 : 0)?.path;
        return path && rootOf(path) === path && isObject(graph, path, tag) ? [path] : [];
      }),
    ),
  ];
}

function isObject(graph: Graph, path: string, tag: string): boolean {
  const type = graph.types.get(path);
  return type !== undefined && type.tag === tag && type.pointers === 1 && type.dims.length === 0;
}
