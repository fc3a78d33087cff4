/** Finds functions that may keep what they are given, by their texts. */
import type { FunctionReference } from '../../../program/file.js';
import type { Graph } from '../../../program/graph.js';
import { rootOf } from '../../../program/path.js';
import { memberStoreText } from '../../../program/patterns.js';
import type { Program } from '../../../program/program.js';
import { isNumber } from '../../../program/types.js';
import { linkingText } from '../../../protocol/index.js';

/** `x->f = name`, `x.f[i] = &name`: a name that is stored to a field. */
const storing = new RegExp(`${memberStoreText}\\s*&?(\\w+)`, 'g');

/** True for a function that lists something, or stores something other than a number to a field or global. */
export function keepsPointers(program: Program, reference: FunctionReference): boolean {
  const isKept = (graph: Graph, target: string): boolean =>
    (rootOf(target) !== target || target.startsWith('::')) && !isNumber(program.typeOf(target, graph, reference.file));
  const stores = (graph: Graph): boolean => graph.nodes.some(({ operation: o }) => o?.kind === 'copy' && isKept(graph, o.target));
  return linkingText.test(program.textOf(reference)) || program.graphs(reference).some(stores);
}

/** Makes a test for functions that may keep what they are given: they list it, store it to a field, or are not in the tree. */
export function keepers(program: Program): (name: string, file: string) => boolean {
  const known = program.ledger.memo<boolean>();
  const keeps = (r: FunctionReference): boolean => {
    const text = program.textOf(r);
    const params = new Set((program.variants(r)[0]?.params ?? []).map((p) => p.name).filter((p) => p !== '' && rootOf(p) === p));
    const stores = params.size > 0 && [...text.matchAll(storing)].some((m) => params.has(m[1] as string));
    return stores || linkingText.test(text);
  };
  return (name, file) => {
    const definitions = program.resolve(name, file);
    return definitions.length === 0 || definitions.some((r) => known.get(r.key) ?? known.work(r.key, () => keeps(r)));
  };
}
