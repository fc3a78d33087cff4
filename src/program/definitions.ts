/** Finds the definitions that a name can mean in a file. */
import type { AskedTree } from './asked.js';
import { wordOf } from './cleanup.js';
import type { FunctionReference, Shell } from './file.js';
import { installing } from './installed.js';
import type { Ledger } from './ledger.js';
import { filesIn, folderOf, isIn, outsideKernel } from './place.js';

/** With more definitions than this to choose from, a name means none of them. */
const maxDefinitions = 4;
/** A name that more files than this call is general: see `isGeneral`. */
const maxCallingFiles = 250;

/** Looks up definitions by name. */
export interface Definitions {
  /** Returns the definitions that a name can mean in a file: those in the file, else those that it sees of other files. */
  resolve(name: string, from: string): FunctionReference[];
  /** Returns the definitions in the file, else in other files of its folder. */
  resolveNear(name: string, from: string): FunctionReference[];
  /** Returns the definitions in the files that `isCandidate` accepts, as far as `from` sees them. */
  definitionsIn(isCandidate: (file: string) => boolean, name: string, from: string): FunctionReference[];
  /** True for a name that is called all over the kernel. */
  isGeneral(name: string): boolean;
}

/** What the lookup of definitions needs. */
interface Sources {
  tree: AskedTree;
  ledger: Ledger;
  /** True if the tree is a driver's. */
  isDriver: boolean;
  shell(file: string): Shell | null;
  macros(name: string, from: string): FunctionReference[];
}

/** Returns the one function that the definitions are of; `null` if there are several or none, or if it is a macro. */
export function onlyFunction([reference, ...others]: readonly FunctionReference[]): FunctionReference | null {
  return reference === undefined || reference.macro || others.length > 0 ? null : reference;
}

/** Opens the lookup of definitions. It remembers what it has found. */
export function openDefinitions({ tree, ledger, isDriver, shell, macros }: Sources): Definitions {
  const resolved = ledger.memo<FunctionReference[]>();
  const resolvedNear = ledger.memo<FunctionReference[]>();
  const external = ledger.memo<FunctionReference[]>();

  function resolve(name: string, from: string): FunctionReference[] {
    const key = `${name}\0${from}`;
    return resolved.get(key) ?? resolved.work(key, () => shell(from)?.byName.get(name) ?? seenFrom(name, from));
  }

  /**
   * The definitions in other files. If a driver has none, its macros on indented lines, which the index does not have, are looked up, and
   * then the functions that another file installs in a member.
   */
  function seenFrom(name: string, from: string): FunctionReference[] {
    const found = visible(name, from);
    if (found.length > 0 || !isDriver) return found;
    const meant = macros(name, from);
    return meant.length > 0 ? meant : installedElsewhere(name, from);
  }

  /**
   * A static function that another file installs in a struct member: a file that does not write its name can call it through that member
   * only.
   */
  function installedElsewhere(name: string, from: string): FunctionReference[] {
    if (wordOf(name) !== name) return [];
    const keeping = tree.filesDefining(name).filter((file) => file.endsWith('.c') && tree.says(file, installing(name)));
    if (keeping.length === 0 || tree.says(from, new RegExp(`\\b${name}\\b`))) return [];
    return keeping.flatMap((file) => shell(file)?.byName.get(name) ?? []).filter((r) => !r.macro);
  }

  function isGeneral(name: string): boolean {
    return tree.filesCalling(name).length > maxCallingFiles;
  }

  /** Definitions in headers, and non-static ones in other `.c` files; those in the caller's folder take precedence. */
  function visible(name: string, from: string): FunctionReference[] {
    const folder = folderOf(from);
    const general = isGeneral(name);
    const key = `${name}\0${general ? folder : ''}\0${outsideKernel(from)}`;
    const find = (): FunctionReference[] => {
      const files = tree.filesDefining(wordOf(name));
      return definitionsOf(general ? filesIn(files, folder) : files, name, from);
    };
    const all = external.get(key) ?? external.work(key, find);
    if (all.length <= 1) return all;
    const near = all.filter((r) => isIn(r.file, folder));
    if (near.length > 0) return near;
    // Beside a definition in a .c file, an inline one in a header is the stub for a configuration without it.
    const real = all.filter((r) => r.file.endsWith('.c'));
    const kept = real.length > 0 ? real : all;
    return kept.length <= maxDefinitions ? kept : [];
  }

  function resolveNear(name: string, from: string): FunctionReference[] {
    const folder = folderOf(from);
    const key = `${name}\0${folder}`;
    const find = (): FunctionReference[] => definitionsOf(filesIn(tree.filesDefining(wordOf(name)), folder), name, from);
    return shell(from)?.byName.get(name) ?? resolvedNear.get(key) ?? resolvedNear.work(key, find);
  }

  function definitionsIn(isCandidate: (file: string) => boolean, name: string, from: string): FunctionReference[] {
    return definitionsOf(tree.filesDefining(wordOf(name)).filter(isCandidate), name, from);
  }

  /** The definitions in some files, as far as another file sees them. */
  function definitionsOf(candidates: readonly string[], name: string, from: string): FunctionReference[] {
    const found: FunctionReference[] = [];
    for (const candidate of candidates) {
      // User space beside the kernel (tools/) has copies of its headers.
      if (outsideKernel(candidate) && !outsideKernel(from)) continue;
      if (!tree.defines(candidate, wordOf(name))) continue;
      for (const reference of shell(candidate)?.byName.get(name) ?? []) {
        if (candidate.endsWith('.h') || (!reference.static && !reference.macro)) found.push(reference);
      }
    }
    return found;
  }

  return { resolve, resolveNear, definitionsIn, isGeneral };
}
