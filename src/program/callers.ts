/** Who calls a function. */
import type { AskedTree } from './asked.js';
import { calling, type FunctionReference, type Shell } from './file.js';
import { type CallOperation, callsOf, type Graph, type Node } from './graph.js';
import type { Ledger } from './ledger.js';
import { otherNames } from './macros.js';
import { folderOf, isNear } from './place.js';

/** A call where it stands. */
export interface CallSite {
  caller: FunctionReference;
  graph: Graph;
  node: Node;
  call: CallOperation;
}

/** The calls of functions. */
export interface Callers {
  /** Functions that call a function, in any file that can see it. */
  callers(reference: FunctionReference): FunctionReference[];
  /** Every call of a function, in every variant of its callers, or of those that are asked for. */
  callSites(reference: FunctionReference, isAskedFor?: (caller: FunctionReference) => boolean): CallSite[];
}

/** What callers are looked for in. */
interface Sources {
  /** The tree is that of a driver. */
  isDriver: boolean;
  tree: AskedTree;
  ledger: Ledger;
  shell(name: string): Shell | null;
  searched: AskedTree['searched'];
  graphs(reference: FunctionReference): Graph[];
  /** The members through which a function is called that a file installs there. */
  membersFor(reference: FunctionReference, file: string): readonly string[];
}

/** Opens the lookup of callers, which are remembered. */
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
    // Where a driver calls it by the name of a macro, that is the call.
    for (const macro of isDriver && !reference.macro ? otherNames(shell(reference.file), reference.name) : [])
      for (const name of local ? [reference.file] : tree.filesCalling(macro.name))
        add(searched(name, calling(macro.name)).filter((r) => r.name !== macro.name));
    add(callersThrough(reference, [reference.file]));
    // What nobody calls by its name stands in a table of another file, if it is used.
    if (found.size === 0 && isDriver && !local && !reference.macro) add(callersThrough(reference, naming(reference)));
    return [...found.values()];
  }

  /** The files near a function's that have its name. */
  function naming({ file, name }: FunctionReference): string[] {
    const folder = folderOf(file);
    return tree.list().filter((other) => other !== file && isNear(other, folder) && tree.mentions(other, name));
  }

  /** Those that call it through a member in which some files install it. */
  function callersThrough(reference: FunctionReference, files: readonly string[]): FunctionReference[] {
    const members = new Set(files.flatMap((file) => membersFor(reference, file)));
    return [...members].flatMap((member) => {
      const through = new RegExp(`(?:->|\\.)\\s*${member}\\s*\\)?\\s*\\(`);
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

/** The functions of a file that call a function, of which the file may have a stub. */
function callersIn({ file, byName }: Shell, searched: Sources['searched'], reference: FunctionReference): FunctionReference[] {
  const own = byName.get(reference.name);
  const isReal = own === undefined || own.some((r) => r.key === reference.key);
  if (!isReal && !own.every((r) => isStub(r, reference))) return [];
  const { name, cleanup } = reference;
  // What runs at the end of a scope is named where that begins, and not called.
  const all = searched(
    file,
    new RegExp(cleanup ? `\\b${cleanup.macro}\\(\\s*${cleanup.word}\\s*[,)]` : `\\b${name}\\s*\\(|cleanup(?:__)?\\(\\s*${name}\\s*\\)`),
  );
  const others = all.filter((r) => r.key !== reference.key);
  if (isReal) return others;
  // Who stands in the stub's arm of an `#if` calls that.
  const arms = own.map((r) => r.item.conditions.join());
  return others.filter((r) => r.name !== reference.name && !arms.includes(r.item.conditions.join()));
}

/** True for an inline function in a header that stands for one of a `.c` file where that is not built. */
function isStub({ file, static: isStatic, macro }: FunctionReference, real: FunctionReference): boolean {
  return file.endsWith('.h') && isStatic && !macro && !real.static && real.file.endsWith('.c');
}

/** Functions, and those that use the macros among them: what such a macro names stands where it is used. */
export function withUsers({ callers }: Pick<Callers, 'callers'>, found: readonly FunctionReference[]): FunctionReference[] {
  const all = new Map(found.map((r) => [r.key, r]));
  for (const r of all.values()) if (r.macro && !r.objectLike) for (const user of callers(r)) all.set(user.key, user);
  return [...all.values()];
}
