/** Macros that are one call of a name in the tables: their uses are that call. */
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

/** Where one of a call's arguments comes from. */
interface Given {
  expression: Expression;
  /** Of the macro's argument, -1 if it stands in the macro itself. */
  position: number;
  /** It is all arguments from there on. */
  rest: boolean;
  /** It is the argument's address: `&(page)`. */
  address: boolean;
}

/** A macro that stands for one call. */
export interface Alias {
  /** The call's name; of a macro that calls what it is given, `CALL(fn, x)`, the position of that among its arguments. */
  name: string | number;
  arguments: readonly Given[];
  /** An object-like macro: the arguments are the call's own. */
  same: boolean;
}

/** Which calls macros stand for. */
export interface MacroAliases {
  /** What a macro of a name stands for in a file, under some conditions of arms; `null` for a name that means none that does. */
  aliasFor(called: string, from: string, assumed?: readonly string[]): Alias | null;
  /** The one call that a macro's body is, if the tables know it. */
  aliasOf(macro: FunctionReference): Alias | null;
  /** The macros and functions of a name of which one is one call of the tables and another is not, in another arm of an `#if`; none for other names. */
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
    // In other arms it may be a function.
    const defined = named.flatMap((macro, i) => (i > 0 ? [macro] : [macro, ...functionsBeside(macro)]));
    if (defined.length < 2 || isItself(called, named)) return [];
    const [first, ...others] = defined.map((each) => ({ alias: each.macro ? aliasOf(each) : null, tabled: tabledIn(each) }));
    if (!first || ![first, ...others].some(({ alias, tabled }) => alias || tabled !== '')) return [];
    return others.some(({ alias, tabled }) => !isSame(alias, first.alias) || (!alias && tabled !== first.tabled)) ? defined : [];
  }

  /** The functions of a macro's name in its file. */
  function functionsBeside(macro: FunctionReference): FunctionReference[] {
    return (
      shell(macro.file)
        ?.byName.get(macro.name)
        ?.filter((reference) => !reference.macro) ?? []
    );
  }

  /** What a macro's text calls of the tables. */
  function tabledIn(macro: FunctionReference): string {
    return calledIn(textOf(macro), macro.name).filter(isTabled).join();
  }

  /**
   * True for a name of the tables that is what it is named: only kernels have the macro that have not got the call, or other systems. A
   * mark and a call for pins are that also where some arm has another call for them: what is right in one arm is not told of as wrong.
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
      // Of a driver's own function it is another name.
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

/** True for a mark, and for a call that takes or drops pins: those that recent kernels are meant to use, not what stood for them before. */
function isToday(called: string): boolean {
  return dirtyCalls.has(called) || acquires.get(called)?.taken === 'pin' || releases.get(called)?.drops === 'pin';
}

/** False if nothing that a macro's text calls is in the tables, or may be a macro for what is. A cheap look before parsing. */
function mayStandFor({ macros }: MacroSources, { name, file }: FunctionReference, text: string): boolean {
  if (text.includes('/*')) return true;
  return [...new Set(calledIn(text, name))].some((called) => isTabled(called) || macros(called, file).length > 0);
}

/** True for two macros that are the same call of the same arguments. */
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

/** The call that all of a macro's body is, in one of its variants: one of the tables, or of what the macro is given. */
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

/** The call of a graph that has no other; `null` if it has none, or several. */
function onlyCall({ nodes }: Graph): CallOperation | null {
  const calls = nodes.flatMap((n) => (n.operation?.kind === 'call' ? [n.operation] : []));
  return calls.length === 1 ? (calls[0] ?? null) : null;
}

/** True for `&(page)`, whatever it is cast to. */
function isAddress(e: Expression): boolean {
  return e.kind === 'cast' ? isAddress(e.operand) : e.kind === 'unary' && e.op === '&';
}

/** A call of a macro that stands for another call, as that call. */
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

/** What is called; `null` where a macro is given something that is no name. */
function nameFor({ expressions }: CallOperation, { name }: Alias): string | null {
  if (typeof name === 'string') return name;
  const given = expressions[name];
  return given?.kind === 'identifier' ? given.name : null;
}

const none: Value = { path: null, address: false, text: '' };

/** What a macro's call gives for an argument of the call that it stands for; several for the rest of its arguments. */
function valuesFor({ args }: CallOperation, { expression, position, rest, address }: Given): Value[] {
  if (rest) return args.slice(position);
  if (position < 0) return [{ ...none, text: sourceName(expression) }];
  const value = args[position] ?? none;
  return [address ? addressOf(value) : value];
}

/** As {@link valuesFor}, as it is written. */
function expressionsFor({ expressions }: CallOperation, { expression, position, rest, address }: Given): Expression[] {
  if (rest) return expressions.slice(position);
  const given = expressions[position];
  if (!given) return [expression];
  return [address ? { kind: 'unary', op: '&', operand: given, pos: given.pos, end: given.end } : given];
}
