/** Parameters that decide how a function ends: it tests them, and some caller passes a constant or an address for them. */
import type { FunctionReference } from '../../../program/file.js';
import { type CallOperation, callsOf, type Graph } from '../../../program/graph.js';
import type { Program } from '../../../program/program.js';
import { remembered } from '../../../program/remembered.js';
import type { Expression } from '../../../syntax/ast.js';
import { callsIn } from '../../../syntax/index.js';
import { constantName } from '../memory/conditions.js';

/** How many callers up to follow a parameter that is only passed on. */
const maxAbove = 3;

/** A callee that hands on pages. */
export interface Handing {
  /** Its name. */
  callee: string;
  /** Indices of its parameters of which its exits require something. */
  required: readonly number[];
}

/** The indices of a function's parameters that decide how it ends. @param handing the callee that hands it the pages, if one does */
export type Modes = (reference: FunctionReference, graph: Graph, handing: Handing | null) => readonly number[];

/** Makes the answers for a program. */
export function modes(program: Program): Modes {
  const known = program.ledger.memo<boolean>();

  function isGiven(reference: FunctionReference, index: number, above: number): boolean {
    const key = `${reference.key}|${index}|${above}`;
    return known.get(key) ?? known.work(key, () => isGivenBySome(reference, index, above));
  }

  /** Mostly the callers' texts tell, and there may be many callers: they are parsed only if they do not. */
  function isGivenBySome(reference: FunctionReference, index: number, above: number): boolean {
    const callers = program.callers(reference).map((caller) => ({ caller, given: givenIn(program.textOf(caller), reference.name, index) }));
    if (callers.some(({ given }) => given.includes('constant'))) return true;
    return callers.some(({ caller, given }) =>
      given.includes('unclear')
        ? program
            .graphs(caller)
            .some((graph) => callsOf(graph, reference.name).some(({ call }) => isConstant(caller, graph, call, index, above)))
        : given.some((g) => typeof g === 'object' && isHandedOn(caller, g.variable, above)),
    );
  }

  function isHandedOn(caller: FunctionReference, name: string, above: number): boolean {
    if (above === 0) return false;
    return program.variants(caller).some(({ params }) => {
      const own = params.findIndex((p) => p.name === name);
      return own >= 0 && isGiven(caller, own, above - 1);
    });
  }

  function isConstant(caller: FunctionReference, graph: Graph, call: CallOperation, index: number, above: number): boolean {
    const value = call.args[index];
    if (value === undefined) return false;
    if (value.address) return true;
    if (value.path === null) return /^-?\w+$/.test(value.text);
    if (constantName.test(value.path) && !graph.types.has(value.path)) return true;
    return isHandedOn(caller, value.path, above);
  }

  return (reference, graph, handing) => {
    const asked = askedIn(graph, handing);
    return graph.params.flatMap(({ name }, index) => (asked.has(name) && isGiven(reference, index, maxAbove) ? [index] : []));
  };
}

/**
 * What a text passes as an argument: a constant or an address, a variable, something that is not plain, or something that is no constant.
 */
type GivenText = 'constant' | { variable: string } | 'unclear' | 'nothing';

/** What the calls of a name in a text pass as the argument of this index. */
function givenIn(text: string, name: string, index: number): GivenText[] {
  const calls = callsIn(text, 0, text.length, 0).filter(({ callee }) => callee.kind === 'identifier' && callee.name === name);
  return calls.map(({ args }) => givenBy(args[index]));
}

function givenBy(e: Expression | undefined): GivenText {
  switch (e?.kind) {
    case undefined:
      return 'nothing';
    case 'literal':
      return /^\w+$/.test(e.text) ? 'constant' : 'nothing';
    case 'identifier':
      return e.name === 'NULL' || constantName.test(e.name) ? 'constant' : { variable: e.name };
    case 'member':
      return 'nothing';
    case 'unary':
      return e.op === '&' && (e.operand.kind === 'identifier' || e.operand.kind === 'member') ? 'constant' : 'unclear';
    default:
      return 'unclear';
  }
}

/** The paths that a function itself compares with something. */
const comparedIn = remembered(({ nodes }: Graph): ReadonlySet<string> => {
  const compared = new Set<string>();
  for (const { operation: o } of nodes)
    if (o?.kind === 'assume' && o.call === null) for (const { path } of [o.left, o.right]) if (path !== null) compared.add(path);
  return compared;
});

/** The paths that a function compares with something, and those that it passes to a callee whose exits require something of them. */
function askedIn(graph: Graph, handing: Handing | null): ReadonlySet<string> {
  const asked = new Set(comparedIn(graph));
  if (handing === null) return asked;
  for (const { call } of callsOf(graph, handing.callee))
    for (const of of handing.required) {
      const path = call.args[of]?.path;
      if (path != null) asked.add(path);
    }
  return asked;
}
