/** The tree's functions, structs and globals, found and parsed only when the analysis asks for them. */
import { freeingCalls } from '../protocol/index.js';
import type { Tree } from '../source/index.js';
import type { CType, FunctionVariant, StructDefinition } from '../syntax/ast.js';
import { isSmall } from './aliases.js';
import { type AskedTree, asked } from './asked.js';
import { type Callers, openCallers } from './callers.js';
import { madeFor, wordOf } from './cleanup.js';
import { collapser } from './collapse.js';
import { camelCase, openConstants, openTexts } from './constants.js';
import { openDefinitions } from './definitions.js';
import type { FunctionReference } from './file.js';
import { type Files, openFiles } from './files.js';
import { type Global, openGlobals } from './globals.js';
import type { Graph } from './graph.js';
import { openGraphs } from './graphs.js';
import { openHeaders } from './headers.js';
import { openIndirect } from './indirect.js';
import { installations } from './installed.js';
import { type Ledger, unkept } from './ledger.js';
import { openMacroCalls } from './macro-calls.js';
import { macroFinder } from './macros.js';
import { type Meanings, openMeanings } from './meanings.js';
import { openPointed } from './pointed.js';
import { openRecursions } from './recursion.js';
import { openResults } from './results.js';
import { openSearches, type Searches } from './searches.js';
import { openStructures } from './structures.js';
import { typeAt } from './types.js';
import { openVariants } from './variants.js';

/** All that is asked about a tree's C. */
export interface Program extends Omit<Files, 'outside'>, Callers, Searches, Meanings {
  tree: AskedTree;
  /** Where what was asked of the tree is noted. */
  ledger: Ledger;
  /** One graph a variant, containers collapsed. */
  graphs(reference: FunctionReference): Graph[];
  variants(reference: FunctionReference): FunctionVariant[];
  /** Definitions that a call of `name` in `file` can mean: the file's own, then headers', then the tree's. */
  resolve(name: string, file: string): FunctionReference[];
  /** Those of them that the file itself or its folder holds. */
  resolveNear(name: string, file: string): FunctionReference[];
  /** Those that some of the files hold. */
  resolveIn(isCandidate: (file: string) => boolean, name: string, file: string): FunctionReference[];
  /** True for a name that half the kernel calls: the tables say what matters of it, or nothing does. */
  isGeneral(name: string): boolean;
  structure(tag: string, file: string): StructDefinition | null;
  /** The file-scope variable that a name means in a file, of whatever file it is; `null` if it means none. */
  global(name: string, file: string): Global | null;
  typeOf(path: string, graph: Graph, file: string): CType | null;
  /** What the macros of a name in capitals stand for, as a file sees them. */
  macroTexts(name: string, file: string): readonly string[];
  /** The number that a name in capitals stands for in a file: a macro or an enumerator; `null` if that is not plain. */
  constant(name: string, file: string): number | null;
  /** The tree is that of a driver, of which every file can be searched. */
  isDriver: boolean;
  /** Macros that a name can mean in a file, those with parameters first: its own, else those of headers. */
  macros(name: string, file: string): FunctionReference[];
  /** True if a macro's body is one call of a name in the tables: its uses are that call. */
  isAlias(macro: FunctionReference): boolean;
  /** The conditions under which a macro that a function calls at a position is what it is under some assumptions. */
  armAt(reference: FunctionReference, pos: number, assumed: readonly string[]): string[];
  /** Names of macros, of the file or of headers near it, whose text names one of the given calls. */
  aliasNames(file: string): readonly string[];
  /** Functions that designated initialisers or assignments of a file install in a field of this name. */
  installed(file: string, field: string): FunctionReference[];
  /** Functions that a call through a field or variable of a function may mean; none where that is not plain. */
  pointed(reference: FunctionReference, through: string): readonly FunctionReference[];
}

/** More macros than these do not stand for each other. */
const maxDepth = 100;

/** Opens the program of a tree, with the macros that `acquiringMacros` of aliases.ts found in it. Nothing is parsed until it is asked for. */
export function openProgram(source: Tree, aliases: readonly FunctionReference[], ledger: Ledger = unkept): Program {
  const tree = asked(source, ledger);
  const isDriver = isSmall(source);

  const { outside, ...files } = openFiles(tree, ledger);
  const { shell, textOf, nameAt, searched, matches, says } = files;
  const { directivesIn, ownHeaders, quotedHeaders } = openHeaders({ tree, ledger, outside });
  const macros = macroFinder({ shell, quotedHeaders, directivesIn, aliases });

  const { global, globalType } = openGlobals({ ledger, shell, outside, quotedHeaders });
  const { resultType } = openResults({ shell, outside, quotedHeaders, macros });
  const { structure, memberTag, named } = openStructures({ tree, ledger, shell, outside, ownHeaders });
  const { resolve, resolveNear, definitionsIn, isGeneral } = openDefinitions({ tree, ledger, isDriver, shell, macros });
  const { meaning, isNeutral } = openMeanings({ ledger, isDriver, shell, quotedHeaders, resolve, resolveNear });
  const { touching, naming } = openSearches({ searched, textOf, memberTag });
  const installs = installations({ tree, ledger, shell, matches, says, resolve, structure, isDriver });
  const { installed } = installs;
  const { direct, armsThrough, membersFor } = openIndirect({ ledger, isDriver, says, ownHeaders, resolve, structure, ...installs });

  const variants = openVariants({ tree, ledger, named });
  // A macro is known by its own graphs, in which other macros may stand.
  const graphs: Program['graphs'] = (reference) => graphsOf(reference);
  const worked = openRecursions(ledger, maxDepth);
  const { expand, isAlias, writtenMacro, isHanding, armsOf, armAt } = openMacroCalls({
    ledger,
    worked,
    isDriver,
    shell,
    textOf,
    nameAt,
    variants,
    graphs,
    macros,
    armsThrough,
  });
  const constant = openConstants({ outside, ledger, ownHeaders });
  const numberOf = (name: string, from: string): number | null => (isDriver && camelCase.test(name) ? constant(name, from) : null);
  const collapse = collapser({ structure, named, globalType, resultType, expand, direct, numberOf });
  // What frees memory is known by the tables.
  const isScopeEnd = (name: string, from: string): boolean =>
    madeFor.test(name) && !freeingCalls.has(wordOf(name)) && resolve(name, from).some((r) => r.cleanup !== null);
  const graphsOf = openGraphs({ worked, shell, variants, global, isHanding, isScopeEnd, writtenMacro, armsOf, collapse });

  const { callers, callSites } = openCallers({ isDriver, tree, ledger, shell, searched, graphs, membersFor });

  return {
    tree,
    ledger,
    isDriver,
    ...files,
    callSites,
    graphs,
    variants,
    resolve,
    resolveNear,
    resolveIn: definitionsIn,
    meaning,
    isGeneral,
    isNeutral,
    callers,
    structure,
    global,
    constant,
    macroTexts: openTexts({ outside, ledger, ownHeaders }),
    installed,
    pointed: openPointed({ ledger, graphs, resolve, installed, isGeneral, callSites }),
    macros,
    isAlias,
    armAt,
    aliasNames: (name) => aliases.filter((r) => r.file === name || r.file.endsWith('.h')).map((r) => r.name),
    touching,
    naming,
    typeOf: (path, graph, name) => {
      const type = typeAt(path, graph.types, (tag) => structure(tag, name));
      return type && named(type, name);
    },
  };
}
