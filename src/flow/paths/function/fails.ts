/** Functions that always fail: they start something that the caller must wait for, as `-EINPROGRESS` tells it. */
import type { FunctionReference } from '../../../program/file.js';
import type { Graph } from '../../../program/graph.js';
import type { Value } from '../../../program/path.js';
import type { Program } from '../../../program/program.js';
import { remembered } from '../../../program/remembered.js';

/** Tests if all returns of a function are of errors. */
export const alwaysFails = remembered((program: Program) => {
  const known = program.ledger.memo<boolean>();
  return (reference: FunctionReference): boolean =>
    known.get(reference.key) ?? known.work(reference.key, () => returnsErrors(program, reference));
});

function returnsErrors(program: Program, reference: FunctionReference): boolean {
  // Most functions have a return without an error's name: those need not be parsed.
  const returned = [...program.textOf(reference).matchAll(/\breturn\b([^;]*);/g)].map((match) => match[1] as string);
  if (returned.length === 0 || !returned.every((text) => /^\s*(?:ERR_PTR\s*\(\s*)?-\s*E/.test(text))) return false;
  const graphs = program.graphs(reference);
  return (
    graphs.length > 0 &&
    graphs.every((graph) => graph.nodes.every((n) => n.operation?.kind !== 'return' || isError(graph, n.operation.value)))
  );
}

function isError({ nodes }: Graph, value: Value | null): boolean {
  if (value === null) return false;
  if (value.path === null) return /^-\s*E[A-Z]/.test(value.text);
  return nodes.some(
    ({ operation: o }) =>
      o?.kind === 'call' && o.result === value.path && o.name === 'ERR_PTR' && /^-\s*E[A-Z]/.test(o.args[0]?.text ?? ''),
  );
}
