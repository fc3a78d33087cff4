/** Which definitions a name can mean in a file. */
import type { AskedTree } from './asked.js';
import { wordOf } from './cleanup.js';
import type { FunctionReference, Shell } from './file.js';
import { installing } from './installed.js';
import type { Ledger } from './ledger.js';
import { filesIn, folderOf, isIn, outsideKernel } from './place.js';

const maxDefinitions = 4;
const maxCallingFiles = 250;

export interface Definitions {
  /** Definitions that a name can mean in a file: its own, then what it sees of others. */
  resolve(name: string, from: string): FunctionReference[];
  /** Those in the file, or in others of its folder. */
  resolveNear(name: string, from: string): FunctionReference[];
  /** Those in some of the files, as far as another file sees them. */
  definitionsIn(isCandidate: (file: string) => boolean, name: string, from: string): FunctionReference[];
  /** True for a name that half the kernel calls. */
  isGeneral(name: string): boolean;
}

/** What definitions are looked up in. */
interface Sources {
  tree: AskedTree;
  ledger: Ledger;
  /** The tree is that of a driver. */
  isDriver: boolean;
  shell(name: string): Shell | null;
  macros(name: string, from: string): FunctionReference[];
}

/** The one function that some definitions are of; `null` if there are more, or none, or it is a macro. */
export function onlyFunction([reference, ...others]: readonly FunctionReference[]): FunctionReference | null {
  return reference === undefined || reference.macro || others.length > 0 ? null : reference;
}

export function openDefinitions({ tree, ledger, isDriver, shell, macros }: Sources): Definitions {
  const resolved = ledger.memo<FunctionReference[]>();
  const resolvedNear = ledger.memo<FunctionReference[]>();
  const external = ledger.memo<FunctionReference[]>();

  function resolve(name: string, from: string): FunctionReference[] {
    const key = `${name}\0${from}`;
    return resolved.get(key) ?? resolved.work(key, () => shell(from)?.byName.get(name) ?? seenFrom(name, from));
  }

  /** What is defined elsewhere; the index of a tree does not have macros on lines that are set in, of which drivers have many. */
  function seenFrom(name: string, from: string): FunctionReference[] {
    const found = visible(name, from);
    if (found.length > 0 || !isDriver) return found;
    const meant = macros(name, from);
    return meant.length > 0 ? meant : installedElsewhere(name, from);
  }

  /** What another file keeps to itself and installs in a member: who does not write its name calls it by that. */
  function installedElsewhere(name: string, from: string): FunctionReference[] {
    if (wordOf(name) !== name) return [];
    const keeping = tree.filesDefining(name).filter((file) => file.endsWith('.c') && tree.says(file, installing(name)));
    if (keeping.length === 0 || tree.says(from, new RegExp(`\\b${name}\\b`))) return [];
    return keeping.flatMap((file) => shell(file)?.byName.get(name) ?? []).filter((r) => !r.macro);
  }

  function isGeneral(name: string): boolean {
    return tree.filesCalling(name).length > maxCallingFiles;
  }

  /** Definitions in headers and non-static ones elsewhere; those in the caller's folder come first. */
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
    // Beside a definition in a .c file, an inline one in a header is the stub of a disabled configuration.
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
      // User space beside the kernel has copies of its headers.
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
