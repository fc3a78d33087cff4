/** Ends of objects whose result nobody sees, or not the function that ends them all: if they fail before the drop, the pages are lost. */
import { calling, type FileFacts, type FunctionReference } from '../../../program/file.js';
import { type Assume, type CallOperation, callsOf, type Graph, leadsTo, type Node } from '../../../program/graph.js';
import type { Program } from '../../../program/program.js';
import { remembered } from '../../../program/remembered.js';
import { countingName, endingName, freeingCalls, printOrUnlockName, puttingBackName } from '../../../protocol/index.js';
import type { Parameter } from '../../../syntax/ast.js';
import { isHandedOut } from '../../mentions.js';
import type { Context } from '../context.js';
import { bodyOf } from '../function/text.js';
import { ignores } from '../walk/ways.js';
import type { Left } from './climb.js';
import { closingIn } from './closing.js';

/** A failure that nobody sees. */
export interface Unseen {
  /** The function that fails. */
  reference: FunctionReference;
  /** Offset of the branch that turns to the failure. */
  pos: number;
  /** The functions that it calls where it does not turn off. */
  passed: readonly FunctionReference[];
  /** The functions that it has called before. */
  before: readonly FunctionReference[];
  /** The function that ends all such objects and does not look at the result; `null` if no caller looks. */
  ender: FunctionReference | null;
}

/** A return of a variable, which may have an error code. */
const returning = /\breturn\s+[a-z]\w*\s*;/;

/** The failures of a file's functions that nobody sees. */
export const unseenIn = remembered((program: Program) => {
  const known = program.ledger.memo<readonly Unseen[]>();
  return (file: string): readonly Unseen[] => known.get(file) ?? known.work(file, () => unseenFailures(program, file));
});

function unseenFailures(program: Program, file: string): Unseen[] {
  const facts = program.shell(file);
  if (facts === null) return [];
  const operations = closingIn(facts);
  const isMeant = (r: FunctionReference): boolean =>
    operations.has(r.name) ? freeing.test(bodyOf(program, r)) : endingName.test(r.name) && isUnheard(program, facts, r);
  const ends = facts.functions
    .filter((r) => r.static && !r.macro && (operations.has(r.name) || endingName.test(r.name)))
    .filter((r) => returning.test(bodyOf(program, r)) && isMeant(r))
    .flatMap((reference) => program.graphs(reference).flatMap((graph) => failuresIn(program, reference, graph)));
  return [...ends, ...facts.functions.filter((r) => isEnder(program, r)).flatMap((ender) => leftBy(program, facts, ender))];
}

/** True for a `void` function, named as an end, with a loop: it ends objects one by one, and cannot fail. */
function isEnder(program: Program, reference: FunctionReference): boolean {
  if (reference.macro || !endingName.test(reference.name)) return false;
  return /^[^(]*\bvoid\s+\w+\s*\(/.test(program.textOf(reference)) && /\b(?:while|\w*for\w*)\s*\(/.test(bodyOf(program, reference));
}

/** A call that is a statement: its result is not read. */
const statement = /[;{})]\s*(\w+)\s*\(/g;

/** The failures of functions that such an end calls in a loop without looking at the result; other callers may look. */
function leftBy(program: Program, { byName }: FileFacts, ender: FunctionReference): Unseen[] {
  const names = new Set(Array.from(bodyOf(program, ender).matchAll(statement), (match) => match[1] as string));
  const isMeant = (r: FunctionReference): boolean =>
    r.static && !r.macro && returning.test(bodyOf(program, r)) && ignores(program, r.name, ender);
  return [...names]
    .flatMap((name) => byName.get(name)?.filter(isMeant) ?? [])
    .flatMap((reference) => {
      const calls = program.graphs(ender).flatMap((graph) => callsOf(graph, reference.name).map((found) => ({ ...found, graph })));
      if (!calls.every(({ node }) => node.loops.length > 0)) return [];
      const later = calls.flatMap(({ graph, node }) =>
        calledIn(program, ender, behind(graph, node)).filter((r) => r.name !== reference.name),
      );
      return program.graphs(reference).flatMap((graph) =>
        failuresIn(program, reference, graph, ender)
          .filter(({ pos }) => !calls.some(({ call }) => isDecidedBy(graph, pos, call)))
          .map((found) => ({ ...found, before: [...found.before, ...later] })),
      );
    });
}

/** True if a test of a parameter, for which the call passes a constant, leads to an offset: this call may never get there. */
function isDecidedBy(graph: Graph, pos: number, { args }: CallOperation): boolean {
  const fixed = new Set(args.flatMap((a, i) => (a.path === null ? [graph.params[i]?.name ?? null] : [])));
  return graph.nodes.some(
    (n) =>
      n.operation?.kind === 'assume' &&
      [n.operation.left, n.operation.right].some((v) => v.path !== null && fixed.has(v.path)) &&
      leadsTo(graph, n, (m) => m.pos === pos),
  );
}

function behind(graph: Graph, node: Node): Node[] {
  return graph.nodes.filter((n) => n.operation?.kind === 'call' && leadsTo(graph, node, (m) => m.id === n.id));
}

/** A free of the object itself: an end that leaves the object is not its end, a request may come back for it. */
const freeing = new RegExp(`\\b(?:${[...freeingCalls].join('|')})\\s*\\(\\s*(?:\\([^()]*\\)\\s*)?\\w+\\s*\\)`);

/** True for a function that is only called, and whose result no caller looks at. */
function isUnheard(program: Program, facts: FileFacts, reference: FunctionReference): boolean {
  if (isHandedOut(program, reference)) return false;
  const { name } = reference;
  const callers = program.searched(facts.file, calling(name)).filter((r) => r.name !== name);
  return callers.length > 0 && callers.every((caller) => ignores(program, name, caller));
}

function calledIn(program: Program, { file }: FunctionReference, nodes: readonly Node[]): FunctionReference[] {
  return nodes.flatMap(({ operation: o }) => (o?.kind === 'call' && o.name !== null ? program.resolve(o.name, file) : []));
}

/**
 * The failures of a variant of a function that do nothing more to the object.
 * @param ender the function that ends all objects: that a failure puts the object back, to be ended again, does not help there
 */
function failuresIn(program: Program, reference: FunctionReference, graph: Graph, ender: FunctionReference | null = null): Unseen[] {
  const calls = graph.nodes.filter(({ operation: o }) => o?.kind === 'call' && o.name !== null);
  const called = (nodes: readonly Node[]): FunctionReference[] => calledIn(program, reference, nodes);
  const isIdle = (name: string): boolean => printOrUnlockName.test(name) || (ender !== null && puttingBackName.test(name));
  return graph.nodes.flatMap((n): Unseen[] => {
    const code = n.operation?.kind === 'assume' ? failureOf(graph, n.operation) : null;
    if (code === null) return [];
    const isOther = ({ operation: o }: Node): boolean =>
      o?.kind === 'call' ? o.name === null || !isIdle(o.name) : o?.kind === 'return' && o.value?.path !== code;
    if (leadsTo(graph, n, isOther)) return [];
    // At every branch that turns to the failure, the other edge leads to these calls.
    const turns = graph.nodes.filter((m) => m.successors.includes(n.id));
    const passed = calls.filter((c) => turns.every((m) => leadsTo(graph, m, (x) => x.id === c.id)));
    const before = calls.filter((c) => leadsTo(graph, c, (x) => x.id === n.id));
    return [{ reference, pos: n.pos, passed: called(passed), before: called(before), ender }];
  });
}

/** The variable of which a condition says that a call has failed; `null` for any other condition. */
function failureOf({ nodes, types, aliases }: Graph, { left, op, right }: Assume): string | null {
  const path = left.path;
  if (path === null || !/^(<|!=)$/.test(op) || right.path !== null || right.text !== '0') return null;
  const type = types.get(path);
  if (type === undefined || type.pointers > 0 || type.dims.length > 0) return null;
  const results = aliases.flatMap((a) => (a.target === path && a.source.path?.startsWith('%') ? [a.source.path] : []));
  const isCount = nodes.some(({ operation: o }) => o?.kind === 'call' && results.includes(o.result) && countingName.test(o.name ?? ''));
  return results.length > 0 && !isCount ? path : null;
}

/** True if a function drops what another one of its file has left in an object that both are given. */
export function dropsAt({ program, effects }: Context, dropper: FunctionReference, { reference, exit: { holders } }: Left): boolean {
  if (dropper.file !== reference.file) return false;
  const [theirs, ours] = [reference, dropper].map((r) => program.variants(r)[0]?.params ?? []) as [Parameter[], Parameter[]];
  return holders.some(({ of, suffix }) => {
    const type = theirs[of]?.type;
    if (type?.pointers !== 1 || type.tag === null) return false;
    const given = ours.filter((p) => p.type.pointers === 1 && p.type.tag === type.tag);
    return given.some((p) => effects(dropper, [p.name + suffix]).some((e) => e.kind === 'dropped' && !e.unsure));
  });
}
