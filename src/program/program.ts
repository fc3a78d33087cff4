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

/** Everything that can be asked about a tree's C. */
export interface Program extends Omit<Files, 'outside'>, Callers, Searches, Meanings {
  tree: AskedTree;
  /** The ledger that notes what is asked of the tree. */
  ledger: Ledger;
  /** Returns a function's graphs, one for each variant, with containers collapsed. */
  graphs(reference: FunctionReference): Graph[];
  /** Returns a function parsed, one tree for each way through its `#if`s. */
  variants(reference: FunctionReference): FunctionVariant[];
  /**
   * Returns the definitions that a call of `name` in `file` can mean: the file's own, else those of headers and of the rest of the tree.
   */
  resolve(name: string, file: string): FunctionReference[];
  /** Returns those in the file itself, else those in its folder. */
  resolveNear(name: string, file: string): FunctionReference[];
  /** Returns those in the files that `isCandidate` accepts. */
  resolveIn(isCandidate: (file: string) => boolean, name: string, file: string): FunctionReference[];
  /** True for a name that is called all over the kernel: only the tables say what it does to pages. */
  isGeneral(name: string): boolean;
  /** Returns the struct that a tag or a typedef means in a file; `null` if it is not found. */
  structure(tag: string, file: string): StructDefinition | null;
  /** Returns the file-scope variable that a name means in a file, whichever file declares it; `null` if it means none. */
  global(name: string, file: string): Global | null;
  /** Returns the type at the end of a path; `null` if it is not known. */
  typeOf(path: string, graph: Graph, file: string): CType | null;
  /** Returns the bodies of all object-like macros of a name that begins with a capital, as a file sees them. */
  macroTexts(name: string, file: string): readonly string[];
  /** Returns the value of a macro or enumerator in a file, by a name in capitals; `null` if it is not a plain number. */
  constant(name: string, file: string): number | null;
  /** True if the tree is a driver's, in which every file can be searched. */
  isDriver: boolean;
  /** Returns the macros that a name can mean in a file, those with parameters first: the file's own, else those of headers. */
  macros(name: string, file: string): FunctionReference[];
  /** True if a macro's body is one call of a name in the tables: a use of it is that call. */
  isAlias(macro: FunctionReference): boolean;
  /** Returns the conditions under which the macro that a function calls at a position has the meaning that the assumptions give it. */
  armAt(reference: FunctionReference, pos: number, assumed: readonly string[]): string[];
  /** Returns the names of macros, in the file or in any header, that stand for an acquiring or releasing call. */
  aliasNames(file: string): readonly string[];
  /** Returns the functions that designated initialisers or assignments of a file install in a field of this name. */
  installed(file: string, field: string): FunctionReference[];
  /** Returns the functions that a call through a field or variable of a function may be of; none if that is not plain. */
  pointed(reference: FunctionReference, through: string): readonly FunctionReference[];
}

/** How deep the work on macros and functions that call each other may nest. */
const maxDepth = 100;

/**
 * Opens the program of a tree. Nothing is parsed until it is asked for.
 * @param aliases the macros that aliases.ts found in the tree: those for acquiring calls and, in a small tree, those for releasing ones
 */
export function openProgram(source: Tree, aliases: readonly FunctionReference[], ledger: Ledger = unkept): Program {
  const tree = asked(source, ledger);
  const isDriver = isSmall(source);

  const { outside, ...files } = openFiles(tree, ledger);
  const { shell, textOf, nameAt, searched, matches, says } = files;
  const { includesAndDefines, ownHeaders, quotedHeaders } = openHeaders({ tree, ledger, outside });
  const macros = macroFinder({ shell, quotedHeaders, includesAndDefines, aliases });

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
  // A macro is looked up through its own graphs, in which other macros may be called: hence the late binding.
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
  // Cleanup words that free memory are in the tables.
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
