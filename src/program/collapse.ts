/**
 * Finishes a lowered graph for those who read it: paths through generic containers name their content, macros that stand for calls are
 * those calls, and types are filled in.
 */
import { transfers } from '../protocol/index.js';
import type { CType, StructDefinition } from '../syntax/ast.js';
import type { CallOperation, Copy, Graph, Operation } from './graph.js';
import { elsewherePath, rootOf, type Value } from './path.js';
import { enteredResults, pointerTo } from './results.js';
import { pointerMoves, tabledPaths } from './tabled.js';
import { collapseContainers, isNumber, structName, typeAt, wholeOf } from './types.js';

/** Looks up what the names in a graph mean. */
interface Sources {
  structure(tag: string, file: string): StructDefinition | null;
  named(type: CType, file: string): CType;
  globalType(name: string, file: string): CType | null;
  resultType(called: string, file: string, isEntered: boolean): CType | null;
  /** Returns the call that a macro call stands for, in the `#if` arms that the assumptions allow. */
  expand(call: CallOperation, file: string, assumed: readonly string[]): CallOperation;
  /**
   * Returns a call through a struct member in which functions are installed as a call of one of them.
   * @param struct name of the member's struct, `null` if it is not known
   */
  direct(call: CallOperation, struct: string | null, file: string, assumed: readonly string[]): CallOperation;
  /** Returns the number that a name of several words, `StatusOk`, stands for in a driver; `null` for any other name. */
  numberOf(name: string, file: string): number | null;
}

/**
 * Returns the function that finishes a graph of a file: it adds the types of the globals that the graph names and rewrites the fields of
 * generic containers.
 */
export function collapser({
  structure,
  named,
  globalType,
  resultType,
  expand,
  direct,
  numberOf,
}: Sources): (graph: Graph, file: string) => Graph {
  function collapse(graph: Graph, file: string): Graph {
    const structs = new Map<string, StructDefinition | null>();
    const lookup = (tag: string): StructDefinition | null => {
      let found = structs.get(tag);
      if (found === undefined) {
        found = structure(tag, file);
        structs.set(tag, found);
      }
      return found;
    };
    const types = new Map(graph.types);
    for (const [variable, type] of graph.types) if (type.tag === null) types.set(variable, named(type, file));
    const rewritten = new Map<string, string | null>();
    const nameGlobal = (p: string): void => {
      const global = /^::[\w]+/.exec(p)?.[0];
      if (!global || types.has(global)) return;
      const type = globalType(global.slice(2), file);
      if (type) types.set(global, type);
    };
    const path = (p: string): string | null => {
      let out = rewritten.get(p);
      if (out === undefined) {
        nameGlobal(p);
        out = collapseContainers(p, types, lookup);
        rewritten.set(p, out);
      }
      return out;
    };
    // Most paths do not change; then the object that has them is kept, not copied.
    const value = (v: Value): Value => {
      const number = v.path === null || v.address || types.has(v.path) ? null : numberOf(v.path, file);
      if (number !== null) return { path: null, address: false, text: `${number}` };
      const whole = v.address && v.path !== null ? wholeOf(v.path, types, lookup) : null;
      if (whole !== null) return { ...v, path: path(whole), address: false };
      const to = v.path === null ? null : path(v.path);
      return to === v.path ? v : { path: to, address: v.address, text: v.text };
    };
    const values = (all: Value[]): Value[] => {
      const changed = all.map(value);
      return changed.every((v, i) => v === all[i]) ? all : changed;
    };
    /**
     * The path for a value stored in a field of a general struct, `file->private_data = dev`, which is memory of somebody unknown; `null`
     * for a number.
     */
    const elsewhere = ({ target, source }: Copy): string | null => {
      const type = source.path === null ? null : typeAt(source.path, types, lookup);
      return source.path === null || isNumber(type) ? null : elsewherePath(target);
    };
    const called = (call: CallOperation): CallOperation => {
      const args = values(call.args);
      const written = call.written && { ...call.written, args: values(call.written.args) };
      return args === call.args && written === call.written ? call : { ...call, args, ...(written && { written }) };
    };
    const directed = (call: CallOperation): CallOperation => {
      const { memberOf, through } = call;
      if (through === null || types.has(through)) return call;
      if (memberOf !== undefined) nameGlobal(memberOf);
      const struct = memberOf === undefined ? null : structName(typeAt(memberOf, types, lookup));
      return direct(call, struct, file, graph.assumptions);
    };
    const operation = (o: Operation | null): Operation | null => {
      switch (o?.kind) {
        case 'copy': {
          const own = path(o.target);
          const target = own ?? elsewhere(o);
          if (target === null) return null;
          const source = value(o.source);
          // The initialiser list of a table says what the table contains; it does not replace the table itself.
          const replaces = o.replaces && (own === null || target === o.target || rootOf(target) !== target);
          return target === o.target && source === o.source ? o : { ...o, target, source, replaces };
        }
        case 'call':
          return called(expand(directed(o), file, graph.assumptions));
        case 'assume': {
          const left = value(o.left);
          const right = value(o.right);
          const call = o.call && called(o.call);
          return left === o.left && right === o.right && call === o.call ? o : { ...o, left, right, call };
        }
        case 'return': {
          const returned = o.value && value(o.value);
          return returned === o.value ? o : { ...o, value: returned };
        }
        case 'clear':
        case 'update': {
          const target = path(o.target);
          if (target === o.target) return o;
          return target === null ? null : { ...o, target };
        }
        default:
          return o ?? null;
      }
    };
    const entered = enteredResults(graph);
    // A temporary without a type that is copied from a path takes the type of that path, so that paths through it are typed too.
    const nodes = graph.nodes.map((n) => {
      const o = operation(n.operation);
      if (o?.kind === 'copy' && o.target.startsWith('%') && !types.has(o.target) && o.source.path !== null) {
        const type = typeAt(o.source.path, types, lookup);
        if (type) types.set(o.target, o.source.address ? { ...type, pointers: type.pointers + 1 } : type);
      }
      if (o?.kind === 'call' && o.name !== null && !types.has(o.result)) {
        const known = transfers.get(o.name)?.returns;
        const returned = known ? pointerTo(known, '*') : resultType(o.name, file, entered.has(o.result));
        if (returned) types.set(o.result, returned);
      }
      return o === n.operation ? n : { id: n.id, pos: n.pos, operation: o, successors: n.successors, loops: n.loops, guards: n.guards };
    });
    const isPointer = (v: Value): boolean => {
      const type = v.path === null ? null : typeAt(v.path, types, lookup);
      return v.address || (type !== null && (type.pointers > 0 || type.dims.length > 0));
    };
    const moved = nodes.flatMap((n) => (n.operation?.kind === 'call' ? pointerMoves(n.operation) : []));
    return {
      ...graph,
      nodes,
      params: graph.params.map((p) => ({ ...p, type: types.get(p.name) ?? p.type })),
      paths: [
        ...new Set([
          ...[...rewritten.values()].filter((p) => p !== null),
          ...nodes.flatMap((n) => (n.operation?.kind === 'call' ? tabledPaths(n.operation) : [])),
        ]),
      ],
      types,
      aliases: graph.aliases
        .flatMap((a) => {
          const target = path(a.target);
          const source = value(a.source);
          if (target === null || (a.operand && !isPointer(source))) return [];
          return [{ target, source, pos: a.pos }];
        })
        .concat(moved),
      assigned: graph.assigned.map((a) => ({ ...a, target: path(a.target) ?? a.target })),
    };
  }

  return collapse;
}
