/** The tree's functions, structs and globals, found and parsed only when the analysis asks for them. */
import { accessorsOf, castCalls, isNeutral, isNeutralByName, taking, transparent } from '../protocol/index.js';
import type { Tree } from '../source/index.js';
import type { CType, FunctionVariant, StructDefinition } from '../syntax/ast.js';
import { parseFunction, parseMacro, parseMacroBody } from '../syntax/index.js';
import { isSmall } from './aliases.js';
import { collapser } from './collapse.js';
import { openConstants, openTexts } from './constants.js';
import { openDefinitions } from './definitions.js';
import { describe, type FileFacts, type FunctionReference, mentioning, searching } from './file.js';
import { definedFree } from './free.js';
import { type Global, openGlobals } from './globals.js';
import { type CallOperation, callsOf, type Graph, type Node } from './graph.js';
import { openHeaders } from './headers.js';
import { installations } from './installed.js';
import { type Ledger, unkept } from './ledger.js';
import { lower } from './lower/lower.js';
import { openMacroCalls } from './macro-calls.js';
import { macroFinder } from './macros.js';
import { mayMean } from './meant.js';
import { familyFolders } from './place.js';
import { openPointed } from './pointed.js';
import { type AskedTree, asked } from './questions.js';
import { openResults } from './results.js';
import { type Meaning, meaningOf } from './shims.js';
import { openStructures } from './structures.js';
import { typeAt } from './types.js';

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

/** True for an inline function in a header that stands for one of a `.c` file where that is not built. */
function isStub({ file, static: isStatic, macro }: FunctionReference, real: FunctionReference): boolean {
  return file.endsWith('.h') && isStatic && !macro && !real.static && real.file.endsWith('.c');
}

/** Opens the program of a tree, with the macros that {@link findAliases} found in it. Nothing is parsed until it is asked for. */
export function openProgram(source: Tree, aliases: readonly FunctionReference[], ledger: Ledger = unkept): Program {
  const tree = asked(source, ledger);
  const files = ledger.memo<FileFacts | null>();
  const variantsOf = ledger.memo<FunctionVariant[]>();
  const graphsOf = ledger.memo<Graph[]>();
  const meanings = ledger.memo<Meaning>();
  const callersOf = ledger.memo<FunctionReference[]>();

  const contentOf = (name: string): string => files.get(name)?.text ?? tree.read(name) ?? '';

  const { directivesIn, ownHeaders, quotedHeaders } = openHeaders({ tree, ledger, textOf: contentOf });

  const { global, globalType } = openGlobals({ ledger, file, textOf: contentOf, quotedHeaders });

  const macros = macroFinder({ file, quotedHeaders, directivesIn, aliases });

  const { resultType } = openResults({ file, textOf: contentOf, quotedHeaders, macros });

  const { structure, memberTag, typedef } = openStructures({ tree, ledger, file, ownHeaders });

  const constant = openConstants({ tree, ledger, ownHeaders });
  const macroTexts = openTexts({ tree, ledger, ownHeaders });

  const isDriver = isSmall(source);

  const { resolve, resolveNear, definitionsIn, isGeneral } = openDefinitions({ tree, ledger, isDriver, file, macros });

  const installed = installations({ tree, ledger, file, resolve });

  const { expand, isAlias, jumpingMacro, isHanding } = openMacroCalls({ ledger, isDriver, file, textOf, variants, graphs, macros });

  const collapse = collapser({ structure, typedef, globalType, resultType, expand });

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

  function meaning(name: string, from: string): Meaning {
    const key = `${name}\0${from}`;
    const headers = (): FileFacts[] => quotedHeaders(from).flatMap((h) => file(h) ?? []);
    return meanings.get(key) ?? meanings.work(key, () => meaningOf(name, file(from), isDriver, headers));
  }

  /** The tables know the kernel's own families by how their names begin, and drivers have functions named alike. */
  function isNeutralIn(name: string, from: string): boolean {
    if (!isNeutral(name)) return false;
    if (isNeutralByName(name) || familyFolders.test(from)) return true;
    const defined = isDriver ? resolve(name, from) : resolveNear(name, from);
    return defined.every((r) => r.macro || familyFolders.test(r.file));
  }

  function callers(reference: FunctionReference): FunctionReference[] {
    const find = (): FunctionReference[] => {
      const found: FunctionReference[] = [];
      const local = reference.static && reference.file.endsWith('.c');
      for (const name of local ? [reference.file] : tree.filesCalling(reference.name)) {
        const facts = file(name);
        if (!facts) continue;
        const own = facts.byName.get(reference.name);
        const isReal = own === undefined || own.some((r) => r.key === reference.key);
        if (!isReal && !own.every((r) => isStub(r, reference))) continue;
        // Who stands in the stub's arm of an `#if` calls that.
        const arms = isReal ? [] : own.map((r) => r.item.conditions.join());
        found.push(
          ...mentioning(facts, reference.name).filter(
            (r) => r.key !== reference.key && (isReal || (r.name !== reference.name && !arms.includes(r.item.conditions.join()))),
          ),
        );
      }
      return found;
    };
    return callersOf.get(reference.key) ?? callersOf.work(reference.key, find);
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
    isAlias,
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
