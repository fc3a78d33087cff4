/** Finds who calls a function. */
import type { AskedTree } from './asked.js';
import { calling, type FunctionReference, type Shell } from './file.js';
import { type CallOperation, callsOf, type Graph, type Node } from './graph.js';
import type { Ledger } from './ledger.js';
import { otherNames } from './macros.js';
import { memberText } from './patterns.js';
import { folderOf, isNear } from './place.js';

/** One call of a function, with the caller, its graph and the node that it is on. */
export interface CallSite {
  caller: FunctionReference;
  graph: Graph;
  node: Node;
  call: CallOperation;
}

/** Looks up who calls a function. */
export interface Callers {
  /** Returns the functions that call this one, in any file that can see it. */
  callers(reference: FunctionReference): FunctionReference[];
  /**
   * Returns every call of a function, in every variant of its callers.
   * @param isAskedFor leaves out the callers for which it is false; without it, all are looked at
   */
  callSites(reference: FunctionReference, isAskedFor?: (caller: FunctionReference) => boolean): CallSite[];
}

/** What the lookup of callers needs. */
interface Sources {
  /** True if the tree is a driver's. */
  isDriver: boolean;
  tree: AskedTree;
  ledger: Ledger;
  shell(file: string): Shell | null;
  searched: AskedTree['searched'];
  graphs(reference: FunctionReference): Graph[];
  /** Returns the struct members in which a file installs the function, and through which it may be called. */
  membersFor(reference: FunctionReference, file: string): readonly string[];
}

/** Opens the lookup of callers. It remembers what it has found. */
export function openCallers({ isDriver, tree, ledger, shell, searched, graphs, membersFor }: Sources): Callers {
  const known = ledger.memo<FunctionReference[]>();

  function find(reference: FunctionReference): FunctionReference[] {
    const local = reference.static && reference.file.endsWith('.c');
    const found = new Map<string, FunctionReference>();
    const add = (callers: readonly FunctionReference[]): void => {
      for (const caller of callers) found.set(caller.key, caller);
    };
    for (const name of local ? [reference.file] : filesCalling(reference)) {
      const facts = shell(name);
      if (facts) add(callersIn(facts, searched, reference));
    }
    // In a driver, a use of an object-like macro for the function, `#define PUT my_put`, is a call of it.
    for (const macro of isDriver && !reference.macro ? otherNames(shell(reference.file), reference.name) : [])
      for (const name of local ? [reference.file] : tree.filesCalling(macro.name))
        add(searched(name, calling(macro.name)).filter((r) => r.name !== macro.name));
    add(callersThrough(reference, [reference.file]));
    // A function that nobody calls by name is called through a table in another file, if at all.
    if (found.size === 0 && isDriver && !local && !reference.macro) add(callersThrough(reference, naming(reference)));
    return [...found.values()];
  }

  /** The files near a function's own that contain its name. */
  function naming({ file, name }: FunctionReference): string[] {
    const folder = folderOf(file);
    return tree.list().filter((other) => other !== file && isNear(other, folder) && tree.mentions(other, name));
  }

  /** The functions that call it through a member, `ops->put(…)`, in which one of these files installs it. */
  function callersThrough(reference: FunctionReference, files: readonly string[]): FunctionReference[] {
    const members = new Set(files.flatMap((file) => membersFor(reference, file)));
    return [...members].flatMap((member) => {
      const through = new RegExp(`${memberText(member)}\\s*\\)?\\s*\\(`);
      const all = tree.filesAccessing(member).flatMap((name) => searched(name, through));
      return all.filter((r) => graphs(r).some((graph) => callsOf(graph, reference.name).length > 0));
    });
  }

  function filesCalling({ name, cleanup }: FunctionReference): Iterable<string> {
    if (cleanup) return tree.filesCalling(cleanup.macro);
    return new Set([...tree.filesCalling(name), ...tree.filesCalling('__cleanup')]);
  }

  function callers(reference: FunctionReference): FunctionReference[] {
    return known.get(reference.key) ?? known.work(reference.key, () => find(reference));
  }

  function callSites(reference: FunctionReference, isAskedFor: (caller: FunctionReference) => boolean = () => true): CallSite[] {
    return callers(reference)
      .filter(isAskedFor)
      .flatMap((caller) => graphs(caller).flatMap((graph) => callsOf(graph, reference.name).map((found) => ({ caller, graph, ...found }))));
  }

  return { callers, callSites };
}

/** The functions of one file that call a function. The file may define a stub of the same name. */
function callersIn({ file, byName }: Shell, searched: Sources['searched'], reference: FunctionReference): FunctionReference[] {
  const own = byName.get(reference.name);
  const isReal = own === undefined || own.some((r) => r.key === reference.key);
  if (!isReal && !own.every((r) => isStub(r, reference))) return [];
  const { name, cleanup } = reference;
  // A cleanup function is named where its scope begins, `__free(word)`, and not called.
  const all = searched(
    file,
    new RegExp(cleanup ? `\\b${cleanup.macro}\\(\\s*${cleanup.word}\\s*[,)]` : `\\b${name}\\s*\\(|cleanup(?:__)?\\(\\s*${name}\\s*\\)`),
  );
  const others = all.filter((r) => r.key !== reference.key);
  if (isReal) return others;
  // A function in the same `#if` arm as the stub calls the stub.
  const arms = own.map((r) => r.item.conditions.join());
  return others.filter((r) => r.name !== reference.name && !arms.includes(r.item.conditions.join()));
}

/** True for a static function in a header that stands in for a function of a `.c` file in configurations that do not build it. */
function isStub({ file, static: isStatic, macro }: FunctionReference, real: FunctionReference): boolean {
  return file.endsWith('.h') && isStatic && !macro && !real.static && real.file.endsWith('.c');
}

/** Returns these functions and, for macros among them, also their users: what a function-like macro names is used where the macro is. */
export function withUsers({ callers }: Pick<Callers, 'callers'>, found: readonly FunctionReference[]): FunctionReference[] {
  const all = new Map(found.map((r) => [r.key, r]));
  for (const r of all.values()) if (r.macro && !r.objectLike) for (const user of callers(r)) all.set(user.key, user);
  return [...all.values()];
}
