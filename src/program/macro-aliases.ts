/** Finds macros whose body is one call of a name in the tables, `#define PUT(p) put_page(p)`: a use of such a macro is that call. */
import { acquires, dirtyCalls, releases } from '../protocol/index.js';
import { excludes } from '../syntax/assumptions.js';
import type { Expression } from '../syntax/ast.js';
import { parseMacro } from '../syntax/index.js';
import type { FunctionReference } from './file.js';
import type { CallOperation, Graph } from './graph.js';
import { addressOf } from './lower/values.js';
import { callsParameter } from './macro-bodies.js';
import { calledIn, type MacroSources } from './macro-sources.js';
import type { Value } from './path.js';
import { isForOthers, isSometimesItself, isTabled } from './shims.js';
import { plainPath, sourceName } from './text.js';

/** Where one argument of the call comes from. */
interface Given {
  expression: Expression;
  /** Position among the macro's arguments; -1 if the macro's own text has it. */
  position: number;
  /** True if it stands for all arguments from that position on, `__VA_ARGS__`. */
  rest: boolean;
  /** True if the call is given the argument's address: `&(page)`. */
  address: boolean;
}

/** The one call that a macro stands for. */
export interface Alias {
  /** The call's name; for a macro that calls what it is given, `CALL(fn, x)`, the position of `fn` among its arguments. */
  name: string | number;
  /** Where the call's arguments come from, in their order. */
  arguments: readonly Given[];
  /** True for an object-like macro, whose arguments are the call's own. */
  same: boolean;
}

/** Looks up which calls macros stand for. */
export interface MacroAliases {
  /**
   * Returns what the macro of a name stands for in a file, in the `#if` arms that `assumed` allows; `null` if it stands for no such call.
   */
  aliasFor(called: string, from: string, assumed?: readonly string[]): Alias | null;
  /** Returns the one call that a macro's body is, if the tables know it; else `null`. */
  aliasOf(macro: FunctionReference): Alias | null;
  /**
   * Returns the macros and functions of a name if it is one call of the tables in one arm of an `#if` and something else in another; none
   * otherwise.
   */
  forked(called: string, from: string): readonly FunctionReference[];
}

/** Opens the lookup of what macros stand for. */
export function openMacroAliases(sources: MacroSources): MacroAliases {
  const { worked, shell, textOf, macros } = sources;

  function aliasFor(called: string, from: string, assumed: readonly string[] = []): Alias | null {
    return worked(
      `alias\0${called}\0${from}\0${assumed.join('\0')}`,
      () => find(called, from, assumed),
      () => null,
    );
  }

  function find(called: string, from: string, assumed: readonly string[]): Alias | null {
    const defined = macros(called, from);
    if (defined.length > 0 && isItself(called, defined)) return null;
    for (const macro of defined) {
      const alias = excludes(assumed, macro.item.conditions) ? null : standsFor(macro, assumed);
      if (alias) return alias;
    }
    return null;
  }

  function forked(called: string, from: string): readonly FunctionReference[] {
    const named = macros(called, from);
    // In other arms the name may be a function.
    const defined = named.flatMap((macro, i) => (i > 0 ? [macro] : [macro, ...functionsBeside(macro)]));
    if (defined.length < 2 || isItself(called, named)) return [];
    const [first, ...others] = defined.map((each) => ({ alias: each.macro ? aliasOf(each) : null, tabled: tabledIn(each) }));
    if (!first || ![first, ...others].some(({ alias, tabled }) => alias || tabled !== '')) return [];
    return others.some(({ alias, tabled }) => !isSame(alias, first.alias) || (!alias && tabled !== first.tabled)) ? defined : [];
  }

  /** The functions in a macro's file that have the macro's name. */
  function functionsBeside(macro: FunctionReference): FunctionReference[] {
    return (
      shell(macro.file)
        ?.byName.get(macro.name)
        ?.filter((reference) => !reference.macro) ?? []
    );
  }

  /** The names in the tables that a macro's text calls, joined. */
  function tabledIn(macro: FunctionReference): string {
    return calledIn(textOf(macro), macro.name).filter(isTabled).join();
  }

  /**
   * True if a macro with the name of a call in the tables is to be treated as that call: because only kernels that lack the call, or other
   * systems, have the macro. A dirtying call, and a call for pins, is also treated so if some arm has another call in its place: what is
   * right in one arm is then not reported as wrong.
   */
  function isItself(called: string, defined: readonly FunctionReference[]): boolean {
    if (!isTabled(called)) return false;
    if (defined.every((macro) => isForOthers(shell(macro.file), macro))) return true;
    return isToday(called) && isSometimesItself(shell, defined);
  }

  function standsFor(macro: FunctionReference, assumed: readonly string[]): Alias | null {
    const text = textOf(macro);
    if (macro.objectLike) {
      const target = /^#\s*define[\s\\]+\w+[\s\\]+(\w+)\s*(?:$|\/[*/])/.exec(text)?.[1];
      if (target === undefined) return null;
      const itself: Alias = { name: target, arguments: [], same: true };
      if (isTabled(target)) return itself;
      // It may be another name for a function of the driver's own.
      const isFunction = sources.isDriver && target !== macro.name && macros(target, macro.file).length === 0;
      return isFunction ? itself : aliasFor(target, macro.file, assumed);
    }
    return text.includes('(') && (mayStandFor(sources, macro, text) || (sources.isDriver && callsParameter(text)))
      ? onlyCallIn(sources, macro, assumed)
      : null;
  }

  const aliasOf = (macro: FunctionReference): Alias | null => standsFor(macro, []);

  return { aliasFor, aliasOf, forked };
}

/**
 * True for a dirtying call, and for a call that takes or drops pins: recent kernels are meant to use these, and not what stood in for them
 * before.
 */
function isToday(called: string): boolean {
  return dirtyCalls.has(called) || acquires.get(called)?.taken === 'pin' || releases.get(called)?.drops === 'pin';
}

/** False if a macro's text calls nothing that is in the tables or may be a macro for something that is. A cheap test before parsing. */
function mayStandFor({ macros }: MacroSources, { name, file }: FunctionReference, text: string): boolean {
  if (text.includes('/*')) return true;
  return [...new Set(calledIn(text, name))].some((called) => isTabled(called) || macros(called, file).length > 0);
}

/** True for two macros that stand for the same call with the same arguments. */
function isSame(one: Alias | null, other: Alias | null): boolean {
  if (one === null || other === null) return one === other;
  return (
    one.name === other.name &&
    one.same === other.same &&
    one.arguments.length === other.arguments.length &&
    one.arguments.every(({ position, expression }, i) => {
      const given = other.arguments[i];
      return position === given?.position && (position >= 0 || sourceName(expression) === sourceName(given.expression));
    })
  );
}

/** The single call that a macro's body consists of, in one of its variants: a call of the tables, or of one of the macro's parameters. */
function onlyCallIn({ shell, variants, graphs }: MacroSources, macro: FunctionReference, assumed: readonly string[]): Alias | null {
  const params = variants(macro)[0]?.params ?? [];
  for (const graph of graphs(macro)) {
    if (excludes(assumed, graph.assumptions)) continue;
    const call = onlyCall(graph);
    const given = call ? params.findIndex((p) => p.name !== '' && p.name === call.through) : -1;
    const name = given < 0 ? call?.name : given;
    if (!call || name == null || (typeof name === 'string' && (!isTabled(name) || name === macro.name))) continue;
    const rest = parseMacro(shell(macro.file)?.outside ?? '', macro.item).variadic ? params.length - 1 : -1;
    return {
      name,
      arguments: call.expressions.map((expression) => {
        const position = params.findIndex((p) => p.name === plainPath(expression));
        return { expression, position, rest: position >= 0 && position === rest, address: isAddress(expression) };
      }),
      same: false,
    };
  }
  return null;
}

/** The call of a graph that has exactly one; else `null`. */
function onlyCall({ nodes }: Graph): CallOperation | null {
  const calls = nodes.flatMap((n) => (n.operation?.kind === 'call' ? [n.operation] : []));
  return calls.length === 1 ? (calls[0] ?? null) : null;
}

/** True for `&(page)`, with or without casts around it. */
function isAddress(e: Expression): boolean {
  return e.kind === 'cast' ? isAddress(e.operand) : e.kind === 'unary' && e.op === '&';
}

/** Returns a call of a macro as the call that the macro stands for. */
export function asAliased(call: CallOperation, alias: Alias): CallOperation {
  const written = call.written ?? { args: call.args, expressions: call.expressions };
  const name = nameFor(call, alias);
  if (name === null) return call;
  if (alias.same) return { ...call, name, macro: call.name, written };
  return {
    ...call,
    name,
    macro: call.macro ?? call.name,
    written,
    args: alias.arguments.flatMap((given) => valuesFor(call, given)),
    expressions: alias.arguments.flatMap((given) => expressionsFor(call, given)),
  };
}

/** The name of the called function; `null` if the macro is given something other than a name to call. */
function nameFor({ expressions }: CallOperation, { name }: Alias): string | null {
  if (typeof name === 'string') return name;
  const given = expressions[name];
  return given?.kind === 'identifier' ? given.name : null;
}

const none: Value = { path: null, address: false, text: '' };

/** The values that a macro's call has for one argument of the call it stands for; several if that is `__VA_ARGS__`. */
function valuesFor({ args }: CallOperation, { expression, position, rest, address }: Given): Value[] {
  if (rest) return args.slice(position);
  if (position < 0) return [{ ...none, text: sourceName(expression) }];
  const value = args[position] ?? none;
  return [address ? addressOf(value) : value];
}

/** The same as {@link valuesFor}, as expressions. */
function expressionsFor({ expressions }: CallOperation, { expression, position, rest, address }: Given): Expression[] {
  if (rest) return expressions.slice(position);
  const given = expressions[position];
  if (!given) return [expression];
  return [address ? { kind: 'unary', op: '&', operand: given, pos: given.pos, end: given.end } : given];
}
