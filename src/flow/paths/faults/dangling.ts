/**
 * Tables that a request frees as it fails, in an object that lives on and still points there: another request for the object drops what it
 * finds in the freed memory.
 */
import type { FunctionReference } from '../../../program/file.js';
import { type Graph, isStore, leadsTo, type Node } from '../../../program/graph.js';
import { rootOf, suffixAfter } from '../../../program/path.js';
import { memberText } from '../../../program/patterns.js';
import type { Program } from '../../../program/program.js';
import { freedOf, freeingCalls, pagesArgument, releases } from '../../../protocol/index.js';
import { ownersIn, scopeOf } from '../../facts.js';
import type { Context } from '../context.js';
import { spelledIn } from '../function/text.js';
import type { Dropping } from '../walk/keeping.js';
import { isRequested } from './reentry.js';
import { dropsWherever } from './unheard.js';

/** A freed table that a field still points at. */
export interface DanglingTable {
  /** Offset of the call that frees it. */
  pos: number;
  /** Name of that call. */
  api: string;
  /** The field as C has it. */
  path: string;
  /** A function that drops what is in the table. */
  by: FunctionReference;
  /** That drop. */
  drop: { pos: number; api: string };
}

/** The tables that a function frees after it has pointed a field at them, with the field left as it is. */
export function danglingIn(context: Context, reference: FunctionReference, drops: readonly Dropping[]): DanglingTable[] {
  const { program } = context;
  const found = program.graphs(reference).flatMap((graph) =>
    graph.nodes.flatMap((n): DanglingTable[] => {
      const o = n.operation;
      if (o?.kind !== 'call' || o.name === null || !freeingCalls.has(o.name)) return [];
      const path = freedOf(o.name, o.args).find((a) => !a.address && a.path !== null)?.path;
      const param = graph.params.find((p) => path != null && p.name === rootOf(path) && p.name !== path && p.type.pointers === 1);
      if (path == null || !param || !isLeftLeading(program, reference, graph, n, path)) return [];
      if (!isRequested(program, reference, { param: graph.params.indexOf(param) }, () => true)) return [];
      const suffix = path.slice(param.name.length);
      const by = holdersOf(program, reference, graph, path, drops).find((holder) =>
        isMet(context, { reference, graph, freed: n }, holder, param.type.tag, suffix),
      );
      const drop = by && firstDrop(program, by);
      return by && drop ? [{ pos: n.pos, api: o.name, path: spelledIn({ program, reference, graph }, path), by, drop }] : [];
    }),
  );
  return [...new Map(found.map((one) => [one.pos, one])).values()];
}

function firstDrop(program: Program, by: FunctionReference): DanglingTable['drop'] | undefined {
  return program
    .graphs(by)
    .flatMap(({ nodes }) =>
      nodes.flatMap(({ pos, operation: o }) =>
        o?.kind === 'call' && o.name !== null && releases.has(o.name) ? [{ pos, api: o.name }] : [],
      ),
    )[0];
}

/** A failure that frees a table. */
interface Failing {
  reference: FunctionReference;
  graph: Graph;
  freed: Node;
}

/** True for a field that was filled before the free, and that nothing sets on the way from there to a return of an error. */
function isLeftLeading(program: Program, { file }: FunctionReference, graph: Graph, freed: Node, path: string): boolean {
  const isFilled = (n: Node): boolean =>
    n.operation?.kind === 'copy' && n.operation.target === path && leadsTo(graph, n, (m) => m === freed);
  const isSet = ({ operation: o }: Node): boolean => {
    if (isStore(o)) return suffixAfter(path, o.target) !== null;
    // A callee that is given the object may set the field, or frees the object.
    return o?.kind === 'call' && (o.name === null || !program.isNeutral(o.name, file)) && o.args.some((a) => isOnWay(path, a.path));
  };
  const isSuccess = ({ operation: o }: Node): boolean => o?.kind === 'return' && (o.value === null || o.value.text === '0');
  return graph.nodes.some(isFilled) && !leadsTo(graph, freed, isSet) && !leadsTo(graph, freed, isSuccess);
}

/** True if a path leads to a field, or is the field. */
function isOnWay(path: string, to: string | null): boolean {
  return to !== null && suffixAfter(path, to) !== null;
}

/** The other functions of the file that drop what is in the field, having found it by that. */
function holdersOf(
  program: Program,
  reference: FunctionReference,
  graph: Graph,
  path: string,
  drops: readonly Dropping[],
): FunctionReference[] {
  const heaps = ownersIn(scopeOf(program, graph, reference), path).map((o) => `#${o.tag}${o.rest}`);
  const keys = new Set(drops.flatMap((d) => (d.heaps.some((h) => heaps.some((own) => suffixAfter(h, own) !== null)) ? [d.holder] : [])));
  keys.delete(reference.key);
  return (program.shell(reference.file)?.functions ?? []).filter((r) => keys.has(r.key));
}

/** True if a request leads to a function that drops whatever the field leads to, however many pages the object says that there are. */
function isMet(context: Context, failing: Failing, by: FunctionReference, tag: string | null, suffix: string): boolean {
  const { program } = context;
  const params = program.variants(by)[0]?.params ?? [];
  const param = params.findIndex(({ type }) => type.pointers === 1 && type.tag === tag);
  const object = params[param]?.name;
  if (object === undefined || !dropsWherever(context, by, tag, `${suffix}[]`)) return false;
  if (!isRequested(program, by, { param }, ({ graph, node }) => !isAskedFirst(failing, graph, node))) return false;
  return program.graphs(by).every((graph) => !countsOf(graph, object).some((member) => mayBeNone(program, failing, member)));
}

/** True if a member is tested on the way to the call, unless the way to the failure tests it, too, and the failure leaves it as it was. */
function isAskedFirst(failing: Failing, graph: Graph, call: Node): boolean {
  const isCall = (n: Node): boolean => n === call;
  const isFailing = ({ operation: o }: Node): boolean => o?.kind === 'call' && o.name === failing.reference.name;
  return graph.nodes.some((n) => {
    const member = n.operation?.kind === 'assume' ? memberOf(n.operation.left.path) : null;
    if (member === null || !leadsTo(graph, n, isCall)) return false;
    return !leadsTo(graph, n, isFailing) || failing.graph.nodes.some((m) => stores(m, member));
  });
}

/** The members of an object, as `.member`, that say how many pages a function drops. */
function countsOf(graph: Graph, object: string): string[] {
  return graph.nodes.flatMap((n) => {
    const o = n.operation;
    const release = o?.kind === 'call' ? releases.get(o.name ?? '') : undefined;
    if (o?.kind !== 'call' || release === undefined) return [];
    const inLoops = graph.nodes.flatMap((m) =>
      m.operation?.kind === 'assume' && m.loops.some((l) => n.loops.includes(l)) ? [m.operation.left.path, m.operation.right.path] : [],
    );
    const given = o.args.slice(pagesArgument(release) + 1).map((a) => a.path);
    return [...given, ...inLoops].flatMap((path) => (path !== null && rootOf(path) === object ? (memberOf(path) ?? []) : []));
  });
}

/** True for a number that is set to zero somewhere in the file, and that is not set before the failure. */
function mayBeNone(program: Program, { reference, graph, freed }: Failing, member: string): boolean {
  const isSet = graph.nodes.some((n) => stores(n, member) && leadsTo(graph, n, (m) => m === freed));
  const clears = new RegExp(`${memberText(member.slice(1))}\\s*=\\s*0\\s*[;,]`);
  return !isSet && program.says(reference.file, clears);
}

function stores({ operation: o }: Node, member: string): boolean {
  return isStore(o) && o.target.endsWith(member);
}

/** The last field of a path, as `.field`; `null` if it does not end in one. */
function memberOf(path: string | null): string | null {
  return /\.\w+$/.exec(path ?? '')?.[0] ?? null;
}
