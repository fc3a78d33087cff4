/** The tree's functions, structs and globals, found and parsed only when the analysis asks for them. */
import { accessorsOf, castCalls, isNeutral, isNeutralByName, taking, transfers, transparent } from '../protocol/index.js';
import type { Tree } from '../source/index.js';
import type { CType, Expression, FunctionVariant, StructDefinition } from '../syntax/ast.js';
import { parseFunction, parseMacro, parseMacroBody } from '../syntax/index.js';
import { isSmall } from './aliases.js';
import { openConstants, openTexts } from './constants.js';
import { describe, type FileFacts, type FunctionReference, mentioning, searching } from './file.js';
import { definedFree } from './free.js';
import { type Global, openGlobals } from './globals.js';
import { type CallOperation, callsOf, type Graph, type Node, type Operation } from './graph.js';
import { handsThrough } from './handing.js';
import { openHeaders } from './headers.js';
import { isJumping, mayJump } from './jumping.js';
import { type Ledger, unkept } from './ledger.js';
import { addressOf, lower } from './lower.js';
import { mayMean } from './meant.js';
import { rootOf, type Value } from './path.js';
import { familyFolders, folderOf, isIn, isNear, outsideKernel } from './place.js';
import { openPointed } from './pointed.js';
import { type AskedTree, asked } from './questions.js';
import { enteredResults, openResults, pointerTo } from './results.js';
import { isForOlder, isTabled, type Meaning, meaningOf } from './shims.js';
import { openStructures } from './structures.js';
import { pointerMoves, tabledPaths } from './tabled.js';
import { plainPath, sourceName } from './text.js';
import { collapseContainers, structName, typeAt, wholeOf } from './types.js';

export interface Program {
  tree: AskedTree;
  /** Where what was asked of the tree is noted. */
  ledger: Ledger;
  file(file: string): FileFacts | null;
  /** The text of a function or macro, `''` if its file is gone. */
  textOf(reference: FunctionReference): string;
  /** One graph a variant, containers collapsed. */
  graphs(reference: FunctionReference): Graph[];
  variants(reference: FunctionReference): FunctionVariant[];
  /** Definitions that a call of `name` in `file` can mean: the file's own, then headers', then the tree's. */
  resolve(name: string, file: string): FunctionReference[];
  /** Those of them that the file itself or its folder holds. */
  resolveNear(name: string, file: string): FunctionReference[];
  /** Those that some of the files hold. */
  resolveIn(isCandidate: (file: string) => boolean, name: string, file: string): FunctionReference[];
  /** What a name means in a file that may define calls of the tables itself, for some kernels. */
  meaning(name: string, file: string): Meaning;
  /** True for a name that half the kernel calls: the tables say what matters of it, or nothing does. */
  isGeneral(name: string): boolean;
  /** True for a call that does nothing to a reference by its name, which no driver around the file has given to a function of its own. */
  isNeutral(name: string, file: string): boolean;
  /** Functions that call a function, in any file that can see it. */
  callers(reference: FunctionReference): FunctionReference[];
  /** Every call of a function, in every variant of its callers. */
  callSites(reference: FunctionReference): CallSite[];
  /** Functions of a file that touch all of some fields by name; with `tag`, not those that plainly mean another struct's. */
  touching(file: string, fields: readonly string[], tag?: string): FunctionReference[];
  /** Functions of a file that name a file-scope variable. */
  naming(file: string, variable: string): FunctionReference[];
  structure(tag: string, file: string): StructDefinition | null;
  /** The file-scope variable that a name means in a file, of whatever file it is; `null` if it means none. */
  global(name: string, file: string): Global | null;
  typeOf(path: string, graph: Graph, file: string): CType | null;
  /** What the macros of a name in capitals stand for, as a file sees them. */
  macroTexts(name: string, file: string): readonly string[];
  /** The number that a name in capitals stands for in a file: a macro or an enumerator; `null` if that is not plain. */
  constant(name: string, file: string): number | null;
  position(file: string, pos: number): { line: number; column: number };
  /** Function-like macros that a name can mean in a file: its own, then those of headers. */
  macros(name: string, file: string): FunctionReference[];
  /** True if a macro's body is one call of a name in the tables: its uses are that call. */
  isAlias(macro: FunctionReference): boolean;
  /** Names of macros, of the file or of headers near it, whose text names one of the given calls. */
  aliasNames(file: string): readonly string[];
  /** Functions that designated initialisers or assignments of a file install in a field of this name. */
  installed(file: string, field: string): FunctionReference[];
  /** Functions that a call through a field or variable of a function may mean; none where that is not plain. */
  pointed(reference: FunctionReference, through: string): readonly FunctionReference[];
}

/** A call where it stands. */
export interface CallSite {
  caller: FunctionReference;
  graph: Graph;
  node: Node;
  call: CallOperation;
}

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

const maxDefinitions = 4;
const maxCallingFiles = 250;
/** In more files than this, who installs a function in a field is not looked for. */
const maxInstallers = 40;

/** True for `&(page)`, whatever it is cast to. */
function isAddress(e: Expression): boolean {
  return e.kind === 'cast' ? isAddress(e.operand) : e.kind === 'unary' && e.op === '&';
}

/** A file's macros of a name, with parameters first; `null` if the name is not defined there at all. */
function macrosOf(facts: FileFacts | null, name: string): FunctionReference[] | null {
  const defined = [...(facts?.byName.get(name) ?? []), ...(facts?.objectMacros().get(name) ?? [])];
  return defined.length > 0 ? defined.filter((r) => r.macro) : null;
}

/** Opens the program of a tree, with the macros that {@link findAliases} found in it. Nothing is parsed until it is asked for. */
export function openProgram(source: Tree, aliases: readonly FunctionReference[], ledger: Ledger = unkept): Program {
  const tree = asked(source, ledger);
  const files = ledger.memo<FileFacts | null>();
  const variantsOf = ledger.memo<FunctionVariant[]>();
  const graphsOf = ledger.memo<Graph[]>();
  const resolved = ledger.memo<FunctionReference[]>();
  const resolvedNear = ledger.memo<FunctionReference[]>();
  const meanings = ledger.memo<Meaning>();
  const callersOf = ledger.memo<FunctionReference[]>();
  const aliasCalls = ledger.memo<Alias | null>();
  const handing = ledger.memo<boolean>();
  const jumpings = ledger.memo<FunctionVariant | null>();
  const external = ledger.memo<FunctionReference[]>();
  const installedIn = ledger.memo<FunctionReference[]>();

  const contentOf = (name: string): string => files.get(name)?.text ?? tree.read(name) ?? '';

  const { directivesIn, ownHeaders, quotedHeaders } = openHeaders({ tree, ledger, textOf: contentOf });

  const { global, globalType } = openGlobals({ ledger, file, textOf: contentOf, quotedHeaders });

  const { resultType } = openResults({ file, textOf: contentOf, quotedHeaders, macros });

  const { structure, memberTag, typedef } = openStructures({ tree, ledger, file, ownHeaders });

  const constant = openConstants({ tree, ledger, ownHeaders });
  const macroTexts = openTexts({ tree, ledger, ownHeaders });

  function file(name: string): FileFacts | null {
    const known = files.get(name);
    if (known !== undefined) return known;
    return files.work(name, () => {
      const text = tree.read(name);
      return text === null ? null : describe(name, text);
    });
  }

  function textOf({ file: name, item }: FunctionReference): string {
    return file(name)?.text.slice(item.pos, item.end) ?? '';
  }

  function variants(reference: FunctionReference): FunctionVariant[] {
    const known = variantsOf.get(reference.key);
    if (known) return known;
    return variantsOf.work(reference.key, () => {
      const text = file(reference.file)?.text ?? '';
      if (reference.free) return definedFree(text, reference.item, reference.free);
      if (!reference.macro) return parseFunction(text, reference.item);
      const body = parseMacroBody(parseMacro(text, reference.item));
      return body ? [body] : [];
    });
  }

  function graphs(reference: FunctionReference): Graph[] {
    const known = graphsOf.get(reference.key);
    if (known) return known;
    return graphsOf.work(reference.key, () => {
      const facts = file(reference.file) as FileFacts;
      const names = {
        isTransparent: (name: string) => (transparent.has(name) && !facts.byName.has(name)) || isHanding(name, reference.file),
        isCast: (name: string) => castCalls.test(name),
        isTaking: (name: string) => taking.has(name),
        isGlobal: (name: string) => global(name, reference.file) !== null,
        isFunction: (name: string) => facts.byName.has(name),
        isDefinedFree: (name: string) => facts.byName.get(name)?.some((r) => r.free !== null) === true,
        jumping: (name: string) => jumpingMacro(name, reference.file),
      };
      return variants(reference).map((variant) => collapse(lower(variant, names), reference.file));
    });
  }

  /** Adds the types of the globals that a graph names, and rewrites the fields of generic containers. */
  function collapse(graph: Graph, name: string): Graph {
    const structs = new Map<string, StructDefinition | null>();
    const lookup = (tag: string): StructDefinition | null => {
      let found = structs.get(tag);
      if (found === undefined) {
        found = structure(tag, name);
        structs.set(tag, found);
      }
      return found;
    };
    const types = new Map(graph.types);
    /** A variable whose type is but a name may be a pointer to a struct. */
    const unname = (variable: string): void => {
      const type = types.get(variable);
      if (!type || type.tag !== null || type.pointers > 0 || structName(type) === null) return;
      const named = typedef(type.base, name);
      if (named) types.set(variable, { ...named, dims: type.dims });
    };
    const rewritten = new Map<string, string | null>();
    const path = (p: string): string | null => {
      let out = rewritten.get(p);
      if (out === undefined) {
        const global = /^::[\w]+/.exec(p)?.[0];
        if (global && !types.has(global)) {
          const type = globalType(global.slice(2), name);
          if (type) types.set(global, type);
        }
        if (p.includes('.')) unname(rootOf(p));
        out = collapseContainers(p, types, lookup);
        rewritten.set(p, out);
      }
      return out;
    };
    // Most paths stay as they are, and what holds them is then not made anew.
    const value = (v: Value): Value => {
      const whole = v.address && v.path !== null ? wholeOf(v.path, types, lookup) : null;
      if (whole !== null) return { ...v, path: path(whole), address: false };
      const to = v.path === null ? null : path(v.path);
      return to === v.path ? v : { path: to, address: v.address, text: v.text };
    };
    const values = (all: Value[]): Value[] => {
      const changed = all.map(value);
      return changed.every((v, i) => v === all[i]) ? all : changed;
    };
    const called = (call: CallOperation): CallOperation => {
      const args = values(call.args);
      const written = call.written && { ...call.written, args: values(call.written.args) };
      return args === call.args && written === call.written ? call : { ...call, args, ...(written && { written }) };
    };
    const operation = (o: Operation | null): Operation | null => {
      switch (o?.kind) {
        case 'copy': {
          const target = path(o.target);
          if (target === null) return null;
          const source = value(o.source);
          // The list of a table is the table's content, by which the table itself is no other one.
          const replaces = o.replaces && (target === o.target || rootOf(target) !== target);
          return target === o.target && source === o.source ? o : { ...o, target, source, replaces };
        }
        case 'call':
          return called(expand(o, name));
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
    // Temporaries of untyped copies take the type of what they copy, so that paths through them are typed too.
    const nodes = graph.nodes.map((n) => {
      const o = operation(n.operation);
      if (o?.kind === 'copy' && o.target.startsWith('%') && !types.has(o.target) && o.source.path !== null) {
        const type = typeAt(o.source.path, types, lookup);
        if (type) types.set(o.target, o.source.address ? { ...type, pointers: type.pointers + 1 } : type);
      }
      if (o?.kind === 'call' && o.name !== null && !types.has(o.result)) {
        const known = transfers.get(o.name)?.returns;
        const returned = known ? pointerTo(known, '*') : resultType(o.name, name, entered.has(o.result));
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
          return [{ target, source }];
        })
        .concat(moved),
      assigned: graph.assigned.map((a) => ({ ...a, target: path(a.target) ?? a.target })),
    };
  }

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
      const defined = isSmall(source) ? macros(name, from) : (macrosOf(file(from), name) ?? []);
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
    if (!isSmall(source) || !/^[A-Za-z]/.test(name)) return false;
    const key = `${name}\0${from}`;
    const find = (): boolean => {
      const all = macros(name, from).filter((macro) => !macro.objectLike);
      return all.length > 0 && all.every((macro) => variants(macro).length > 0 && variants(macro).every(handsThrough));
    };
    return handing.get(key) ?? handing.work(key, find, false);
  }

  function resolve(name: string, from: string): FunctionReference[] {
    const key = `${name}\0${from}`;
    return resolved.get(key) ?? resolved.work(key, () => file(from)?.byName.get(name) ?? seenFrom(name, from));
  }

  /** What is defined elsewhere; the index of a tree does not have macros on lines that are set in, of which drivers have many. */
  function seenFrom(name: string, from: string): FunctionReference[] {
    const found = visible(name, from);
    return found.length === 0 && isSmall(source) ? macros(name, from) : found;
  }

  function meaning(name: string, from: string): Meaning {
    const key = `${name}\0${from}`;
    const headers = (): FileFacts[] => quotedHeaders(from).flatMap((h) => file(h) ?? []);
    return meanings.get(key) ?? meanings.work(key, () => meaningOf(name, file(from), isSmall(source), headers));
  }

  /** The tables know the kernel's own families by how their names begin, and drivers have functions named alike. */
  function isNeutralIn(name: string, from: string): boolean {
    if (!isNeutral(name)) return false;
    if (isNeutralByName(name) || familyFolders.test(from)) return true;
    const defined = isSmall(source) ? resolve(name, from) : resolveNear(name, from);
    return defined.every((r) => r.macro || familyFolders.test(r.file));
  }

  function isGeneral(name: string): boolean {
    return tree.filesCalling(name).length > maxCallingFiles;
  }

  /** Definitions in headers and non-static ones elsewhere; those in or below the caller's folder come first. */
  function visible(name: string, from: string): FunctionReference[] {
    const folder = folderOf(from);
    const general = isGeneral(name);
    const key = `${name}\0${general ? folder : ''}\0${outsideKernel(from)}`;
    const find = (): FunctionReference[] => definitionsIn((file) => !general || isIn(file, folder), name, from);
    const all = external.get(key) ?? external.work(key, find);
    if (all.length <= 1) return all;
    const near = all.filter((r) => isIn(r.file, folder));
    if (near.length > 0) return near;
    // Beside a definition in a .c file, an inline one in a header is the stub of a disabled configuration.
    const real = all.filter((r) => r.file.endsWith('.c'));
    const kept = real.length > 0 ? real : all;
    return kept.length <= maxDefinitions ? kept : [];
  }

  function resolveNear(name: string, from: string): FunctionReference[] {
    const folder = folderOf(from);
    const key = `${name}\0${folder}`;
    const find = (): FunctionReference[] => definitionsIn((file) => isIn(file, folder), name, from);
    return file(from)?.byName.get(name) ?? resolvedNear.get(key) ?? resolvedNear.work(key, find);
  }

  /** The definitions in some of the files, as far as another file sees them. */
  function definitionsIn(isCandidate: (file: string) => boolean, name: string, from: string): FunctionReference[] {
    const found: FunctionReference[] = [];
    for (const candidate of tree.filesDefining(name)) {
      if (!isCandidate(candidate)) continue;
      // User space beside the kernel has copies of its headers.
      if (outsideKernel(candidate) && !outsideKernel(from)) continue;
      if (!tree.defines(candidate, name)) continue;
      for (const reference of file(candidate)?.byName.get(name) ?? []) {
        if (candidate.endsWith('.h') || (!reference.static && !reference.macro)) found.push(reference);
      }
    }
    return found;
  }

  function callers(reference: FunctionReference): FunctionReference[] {
    const find = (): FunctionReference[] => {
      const found: FunctionReference[] = [];
      const local = reference.static && reference.file.endsWith('.c');
      for (const name of local ? [reference.file] : tree.filesCalling(reference.name)) {
        const facts = file(name);
        if (!facts) continue;
        const own = facts.byName.get(reference.name);
        if (own && !own.some((r) => r.key === reference.key)) continue;
        found.push(...mentioning(facts, reference.name).filter((r) => r.key !== reference.key));
      }
      return found;
    };
    return callersOf.get(reference.key) ?? callersOf.work(reference.key, find);
  }

  function macros(name: string, from: string): FunctionReference[] {
    const facts = file(from);
    const own = macrosOf(facts, name);
    if (own) return own;
    for (const header of quotedHeaders(from)) {
      if (!directivesIn(header).defines.has(name)) continue;
      const there = macrosOf(file(header), name);
      if (there) return there;
    }
    return aliases.filter((r) => r.name === name && (r.file.endsWith('.h') || r.file === from));
  }

  function installed(name: string, field: string): FunctionReference[] {
    const key = `${name}\0${field}`;
    return installedIn.get(key) ?? installedIn.work(key, () => findInstalled(name, field));
  }

  /** The file's own installations; without any, those of its folder and below, if they all name one function. */
  function findInstalled(name: string, field: string): FunctionReference[] {
    if (!/^\w+$/.test(field)) return [];
    const own = installers(name, field).flatMap((f) => (file(name)?.byName.get(f) ?? []).filter((r) => !r.macro));
    if (own.length > 0) return own;
    const folder = folderOf(name);
    const near = tree.filesAccessing(field).filter((f) => isNear(f, folder));
    if (near.length > maxInstallers) return [];
    const names = new Map(near.flatMap((f) => installers(f, field).map((installs) => [installs, f])));
    const [only] = names.size === 1 ? names : [];
    return only ? resolve(only[0], only[1]).filter((r) => !r.macro) : [];
  }

  /** Names that a file's initialisers and assignments put into a field. */
  function installers(name: string, field: string): string[] {
    const pattern = new RegExp(`(?:\\.|->)${field}\\s*=\\s*&?(\\w+)`, 'g');
    const values = [...(file(name)?.text.matchAll(pattern) ?? [])].map((m) => m[1] as string);
    return [...new Set(values)].filter((value) => value !== 'NULL');
  }

  function callSites(reference: FunctionReference): CallSite[] {
    return callers(reference).flatMap((caller) =>
      graphs(caller).flatMap((graph) => callsOf(graph, reference.name).map((found) => ({ caller, graph, ...found }))),
    );
  }

  return {
    tree,
    ledger,
    file,
    textOf,
    callSites,
    graphs,
    variants,
    resolve,
    resolveNear,
    resolveIn: definitionsIn,
    meaning,
    isGeneral,
    isNeutral: isNeutralIn,
    callers,
    structure,
    global,
    constant,
    macroTexts,
    installed,
    pointed: openPointed({ ledger, graphs, resolve, installed, isGeneral, callSites }),
    macros,
    isAlias: (macro) => aliasOf(macro) !== null,
    aliasNames: (name) => aliases.filter((r) => r.file === name || r.file.endsWith('.h')).map((r) => r.name),
    touching: (name, fields, tag) => {
      const facts = file(name);
      const accessors = accessorsOf(fields[fields.length - 1] ?? '');
      const through = accessors.length > 0 ? searching(facts, new RegExp(`\\b(?:${accessors.join('|')})\\s*\\(`)) : [];
      const found = fields.map((field) => searching(facts, new RegExp(`(?:->|\\.)\\s*${field}\\b`)));
      const all = (found[0] ?? []).filter((r) => found.every((f) => f.includes(r)));
      const meant =
        tag === undefined ? all : all.filter((r) => mayMean(textOf(r), fields[0] ?? '', tag, (t, member) => memberTag(t, member, name)));
      return [...meant, ...through.filter((r) => !meant.includes(r))];
    },
    naming: (name, variable) => searching(file(name), new RegExp(`\\b${variable}\\b`)),
    typeOf: (path, graph, name) => typeAt(path, graph.types, (tag) => structure(tag, name)),
    position: (name, pos) => file(name)?.outline.position(pos) ?? { line: 1, column: 1 },
  };
}
