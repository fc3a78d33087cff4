/** What a macro is where it is called: one call of the tables, statements that jump, or its argument. */
import type { Expression, FunctionVariant } from '../syntax/ast.js';
import { parseMacro } from '../syntax/index.js';
import type { FileFacts, FunctionReference } from './file.js';
import type { CallOperation, Graph } from './graph.js';
import { handsThrough } from './handing.js';
import { isJumping, mayJump } from './jumping.js';
import type { Ledger } from './ledger.js';
import { addressOf } from './lower/values.js';
import { macrosOf } from './macros.js';
import type { Value } from './path.js';
import { isForOlder, isTabled } from './shims.js';
import { plainPath, sourceName } from './text.js';

/** A macro that stands for one call: where each of the call's arguments comes from. */
interface Alias {
  name: string;
  arguments: {
    expression: Expression;
    /** Of the macro's argument, -1 if it stands in the macro itself. */
    position: number;
    /** It is all arguments from there on. */
    rest: boolean;
    /** It is the argument's address: `&(page)`. */
    address: boolean;
  }[];
  /** An object-like macro: the arguments are the call's own. */
  same: boolean;
}

/** True for `&(page)`, whatever it is cast to. */
function isAddress(e: Expression): boolean {
  return e.kind === 'cast' ? isAddress(e.operand) : e.kind === 'unary' && e.op === '&';
}

export interface MacroCalls {
  /** A call of a macro that is one call of a name in the tables, as that call. */
  expand(call: CallOperation, from: string): CallOperation;
  /** True if a macro's body is one call of a name in the tables. */
  isAlias(macro: FunctionReference): boolean;
  /** The macro of a name that jumps; `null` if it means none. */
  jumpingMacro(name: string, from: string): FunctionVariant | null;
  /** True for a macro of a driver that hands its argument through, in all arms in which it is defined. */
  isHanding(name: string, from: string): boolean;
}

/** What macros are looked up in. */
interface Sources {
  ledger: Ledger;
  /** The tree is that of a driver, of which every header is searched for macros. */
  isDriver: boolean;
  file(name: string): FileFacts | null;
  textOf(reference: FunctionReference): string;
  variants(reference: FunctionReference): FunctionVariant[];
  graphs(reference: FunctionReference): Graph[];
  macros(name: string, from: string): FunctionReference[];
}

export function openMacroCalls({ ledger, isDriver, file, textOf, variants, graphs, macros }: Sources): MacroCalls {
  const aliasCalls = ledger.memo<Alias | null>();
  const handing = ledger.memo<boolean>();
  const jumpings = ledger.memo<FunctionVariant | null>();

  /** A call of a macro that is one call of a name in the tables, as that call. */
  function expand(call: CallOperation, from: string): CallOperation {
    if (call.name === null || call.iterates) return call;
    const alias = aliasFor(call.name, from);
    if (!alias) return call;
    const written = call.written ?? { args: call.args, expressions: call.expressions };
    if (alias.same) return { ...call, name: alias.name, macro: call.name, written };
    const none: Value = { path: null, address: false, text: '' };
    return {
      ...call,
      name: alias.name,
      macro: call.macro ?? call.name,
      written,
      args: alias.arguments.flatMap((a) => {
        if (a.rest) return call.args.slice(a.position);
        if (a.position < 0) return { ...none, text: sourceName(a.expression) };
        const given = call.args[a.position] ?? none;
        return a.address ? addressOf(given) : given;
      }),
      expressions: alias.arguments.flatMap((a) => {
        if (a.rest) return call.expressions.slice(a.position);
        const given = call.expressions[a.position];
        if (!given) return a.expression;
        return a.address ? { kind: 'unary', op: '&', operand: given, pos: given.pos, end: given.end } : given;
      }),
    };
  }

  function aliasFor(called: string, from: string): Alias | null {
    const key = `${called}\0${from}`;
    const known = aliasCalls.get(key);
    if (known !== undefined) return known;
    const find = (): Alias | null => {
      const defined = macros(called, from);
      // What only kernels need that have not got the call: it is what it is named.
      if (isTabled(called) && defined.length > 0 && defined.every((macro) => isForOlder(file(macro.file), macro))) return null;
      let found: Alias | null = null;
      for (const macro of defined) found ??= aliasOf(macro);
      return found;
    };
    return aliasCalls.work(key, find, null);
  }

  /** False if nothing that a macro's text calls is in the tables, or may be a macro for what is. A cheap look before parsing. */
  function mayStandFor(macro: FunctionReference, text: string): boolean {
    if (text.includes('/*')) return true;
    const called = new Set(Array.from(text.matchAll(/\b(\w+)[\s\\]*\(/g), (match) => match[1] as string));
    called.delete(macro.name);
    return [...called].some((name) => isTabled(name) || macros(name, macro.file).length > 0);
  }

  /** The one call that a macro's body is, if the tables know it. */
  function aliasOf(macro: FunctionReference): Alias | null {
    const text = textOf(macro);
    if (!macro.objectLike && !text.includes('(')) return null;
    if (macro.objectLike) {
      const target = /^#\s*define[\s\\]+\w+[\s\\]+(\w+)\s*(?:$|\/[*/])/.exec(text)?.[1];
      if (target === undefined) return null;
      return isTabled(target) ? { name: target, arguments: [], same: true } : aliasFor(target, macro.file);
    }
    if (!mayStandFor(macro, text)) return null;
    const params = variants(macro)[0]?.params ?? [];
    for (const graph of graphs(macro)) {
      const calls = graph.nodes.flatMap((n) => (n.operation?.kind === 'call' ? [n.operation] : []));
      const call = calls[0];
      if (calls.length !== 1 || !call || call.name === null || !isTabled(call.name) || call.name === macro.name) continue;
      const rest = parseMacro(file(macro.file)?.text ?? '', macro.item).variadic ? params.length - 1 : -1;
      return {
        name: call.name,
        arguments: call.expressions.map((expression) => {
          const position = params.findIndex((p) => p.name === plainPath(expression));
          return { expression, position, rest: position >= 0 && position === rest, address: isAddress(expression) };
        }),
        same: false,
      };
    }
    return null;
  }

  /**
   * The macro of a name that jumps, of the file or, in a driver's tree, of its headers; none that is a call of the tables: such a
   * one is followed as that call.
   */
  function jumpingMacro(name: string, from: string): FunctionVariant | null {
    const key = `${name}\0${from}`;
    const find = (): FunctionVariant | null => {
      const defined = isDriver ? macros(name, from) : (macrosOf(file(from), name) ?? []);
      for (const macro of defined) {
        const text = textOf(macro);
        if (macro.objectLike || !mayJump(text)) continue;
        const called = Array.from(text.matchAll(/\b(\w+)[\s\\]*\(/g), (match) => match[1] as string).filter((other) => other !== name);
        if (called.some((other) => isTabled(other) || aliasFor(other, macro.file) !== null)) continue;
        const variant = variants(macro)[0];
        if (variant && isJumping(variant, parseMacro(file(macro.file)?.text ?? '', macro.item))) return variant;
      }
      return null;
    };
    const known = jumpings.get(key);
    return known === undefined ? jumpings.work(key, find, null) : known;
  }

  /** True for a macro of a driver that hands its argument through, in all arms in which it is defined. */
  function isHanding(name: string, from: string): boolean {
    if (!isDriver || !/^[A-Za-z]/.test(name)) return false;
    const key = `${name}\0${from}`;
    const find = (): boolean => {
      const all = macros(name, from).filter((macro) => !macro.objectLike);
      return all.length > 0 && all.every((macro) => variants(macro).length > 0 && variants(macro).every(handsThrough));
    };
    return handing.get(key) ?? handing.work(key, find, false);
  }

  return { expand, isAlias: (macro) => aliasOf(macro) !== null, jumpingMacro, isHanding };
}
