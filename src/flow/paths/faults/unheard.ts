/**
 * Failures that drop the pages, and that a caller does not look at: the object lives on as if it had them. If it still points at them,
 * whoever ends it drops them once more.
 */
import type { FunctionReference } from '../../../program/file.js';
import { isStore, leadsTo, type Node } from '../../../program/graph.js';
import { rootOf, suffixAfter } from '../../../program/path.js';
import type { Program } from '../../../program/program.js';
import { releases } from '../../../protocol/index.js';
import type { Context } from '../context.js';
import { spelledIn } from '../function/text.js';
import type { Exit, Holder } from '../memory/state.js';
import type { Dropping } from '../walk/keeping.js';
import { ignores } from '../walk/ways.js';
import { freeingIn } from './witness.js';

/** A field that still points at dropped pages. */
export interface Unheard {
  /** The field as C has it. */
  path: string;
  /** Offset of the drop. */
  pos: number;
  /** The function that drops them once more. */
  by: FunctionReference;
  /** The caller that does not look at the failure. */
  caller: FunctionReference;
}

/** The field that a failure leaves so, in an object that lives on; `null` if there is none. */
export function unheardAt(context: Context, reference: FunctionReference, exit: Exit, drops: readonly Dropping[]): Unheard | null {
  const { program } = context;
  if (exit.drop === null) return null;
  const params = program.variants(reference)[0]?.params ?? [];
  const unheard = (): FunctionReference | undefined => program.callers(reference).find((c) => ignores(program, reference.name, c));
  for (const { heaps, holder, asks } of drops)
    for (const heap of heaps)
      for (const [of, { name, type }] of params.entries()) {
        if (type.pointers !== 1 || `#${type.tag}` !== rootOf(heap)) continue;
        const held = { of, suffix: heap.slice(rootOf(heap).length) };
        const isThere = isLeft(exit, held);
        const by = isThere || isFreed(program, reference, exit, held) ? functionOf(program, reference, holder) : undefined;
        const caller = by && unheard();
        if (!by || !caller || told(program, reference, exit).some(asks)) continue;
        const drop = isThere ? dropsAll : dropsWherever;
        if (drop(context, by, type.tag, held.suffix))
          return { path: pathText(program, reference, name + held.suffix), pos: exit.drop.pos, by, caller };
      }
  return null;
}

function pathText(program: Program, reference: FunctionReference, path: string): string {
  const [graph] = program.graphs(reference);
  return graph ? spelledIn({ program, reference, graph }, path) : path;
}

/** Another function of the file, by its key. */
function functionOf(program: Program, { file, key: own }: FunctionReference, key: string): FunctionReference | undefined {
  return key === own ? undefined : program.shell(file)?.functions.find((r) => r.key === key);
}

/** Names of the members that may say that the object has no pages: set to zero by the failure, or set only on other paths. */
function told(program: Program, reference: FunctionReference, { drop, none }: Exit): string[] {
  const last = (path: string): string => path.slice(path.lastIndexOf('.') + 1);
  const others = program.graphs(reference).flatMap((graph) => {
    const isDrop = (n: Node): boolean => n.pos === drop?.pos;
    return graph.nodes.flatMap((n) => {
      const o = n.operation;
      return isStore(o) && o.target.includes('.') && !leadsTo(graph, n, isDrop) ? [last(o.target)] : [];
    });
  });
  return [...none.map((n) => last(n.suffix)), ...others];
}

/** True for a place that still points at what was dropped. */
function isLeft({ holders, none }: Exit, { of, suffix }: Holder): boolean {
  return (
    holders.some((h) => h.of === of && h.suffix === suffix) && !none.some((n) => n.of === of && suffixAfter(suffix, n.suffix) !== null)
  );
}

/** True for a place in memory that was freed before the drop, with the pointer to that memory left as it was. */
function isFreed(program: Program, reference: FunctionReference, exit: Exit, { of, suffix }: Holder): boolean {
  const pos = freeingIn(exit)?.step.pos;
  return program.graphs(reference).some((graph) =>
    graph.nodes.some((n) => {
      const o = n.operation;
      // `sg_free_table()` and its like clear the table's pointer themselves.
      if (n.pos !== pos || o?.kind !== 'call' || o.name?.startsWith('sg_') !== false) return false;
      const path = o.args[0]?.path ?? '';
      const field = rootOf(path) === graph.params[of]?.name ? path.slice(rootOf(path).length) : '';
      const isSet = (m: Node): boolean => (m.operation?.kind === 'clear' || m.operation?.kind === 'copy') && m.operation.target === path;
      return field !== '' && suffixAfter(suffix, field) !== null && !leadsTo(graph, n, isSet);
    }),
  );
}

/** Names of a function's parameters that point at a struct. */
function objectsOf(program: Program, reference: FunctionReference, tag: string | null): string[] {
  const params = program.variants(reference)[0]?.params ?? [];
  return params.filter((p) => p.type.pointers === 1 && p.type.tag === tag).map((p) => p.name);
}

/** True if a function drops what is below an object that it is given, on every path. */
function dropsAll({ program, effects }: Context, by: FunctionReference, tag: string | null, suffix: string): boolean {
  return objectsOf(program, by, tag).some((name) => {
    const exits = effects(by, [name + suffix]);
    return exits.length > 0 && exits.every((e) => e.kind === 'dropped' && !e.unsure);
  });
}

/** True if a function always comes to a drop, once the pointers on the way to what it drops are set. */
export function dropsWherever({ program }: Context, by: FunctionReference, tag: string | null, suffix: string): boolean {
  return objectsOf(program, by, tag).some((name) =>
    program.graphs(by).every((graph) => {
      const isDrop = ({ operation: o }: Node): boolean => o?.kind === 'call' && o.name !== null && releases.has(o.name);
      const entrance = graph.nodes[graph.entry] as Node;
      const isOnWay = ({ operation: o }: Node): boolean => o?.kind === 'assume' && suffixAfter(name + suffix, o.left.path ?? '') !== null;
      const turnsOff = (n: Node): boolean => n.operation?.kind === 'assume' && n.loops.length === 0 && !leadsTo(graph, n, isDrop);
      return (
        leadsTo(graph, entrance, isDrop) &&
        graph.nodes.every((n) => isOnWay(n) || !turnsOff(n) || !leadsTo(graph, entrance, (m) => m === n, isDrop))
      );
    }),
  );
}
