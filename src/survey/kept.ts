/** Units that a later run can reuse: kept with the questions that they rest on, and used if the answers are the same. */
import { realpathSync } from 'node:fs';
import type { FunctionReference } from '../program/file.js';
import { answerOf, fileOf, isUntouched, ofWholeText } from '../program/questions.js';
import { areSameStamps, type Differences, differencesOf, digestOfText, eitherOf, openStore, type Tree } from '../source/index.js';
import { codeDigest } from './code.js';
import { type Document, emptyDocument, FORMAT, type Resting, readDocument, statesOf, written } from './document.js';
import { wordsAt } from './facts.js';
import { renewed } from './renewed.js';
import type { Unit, Worked } from './unit.js';

/** The kept units of one tree that are still valid. */
export interface Kept {
  units: ReadonlyMap<string, Unit>;
  /** Returns the lookup of units that are valid in an overlay of the tree, by file; it gives `undefined` if none was kept. */
  heldIn(other: Tree, aliases: readonly FunctionReference[]): (file: string) => Unit | undefined;
  /**
   * Writes the valid units and these new ones in place of what was kept. A few units of other states of the tree are kept too: those in
   * `others`, those that `heldIn` found, and those that are no longer valid.
   */
  save(fresh: Worked, others?: Worked & { tree: Tree }): void;
}

/** What earlier runs kept of a tree, valid or not. */
export interface Shelf {
  document: Document | null;
  put(value: Buffer): void;
}

/**
 * Reads what earlier runs of the same code kept of the tree at `root` in the folder `dir`.
 *
 * @param reader who asks: a check keeps its findings with the units, a survey has none
 */
export async function readShelf(dir: string, reader: string, root: string): Promise<Shelf> {
  const store = openStore(dir, `units ${codeDigest()} ${FORMAT}`);
  const key = `${reader} ${realpathSync(root)}`;
  return { document: readDocument(store.get(key)), put: (value) => store.put(key, value) };
}

/** Finds out which of the kept units are still valid. */
export function openKept(shelf: Shelf, tree: Tree, aliases: readonly FunctionReference[]): Kept {
  const macros = named(aliases);
  const document = usable(shelf.document, macros);
  const differences = differencesFrom(document, tree);
  const holds = holding(document, tree, differences);
  const chosen = new Map<string, Resting>();
  for (const file of new Set([...document.current.keys(), ...document.others.keys()])) {
    const held = statesOf(document, file).find(({ facts }) => facts.every(holds));
    if (held) chosen.set(file, held);
  }
  const used = new Map<string, Resting>();
  return {
    units: new Map(Array.from(chosen, ([file, { unit }]) => [file, unit])),
    heldIn(other, otherAliases) {
      if (named(otherAliases) !== macros) return () => undefined;
      const holdsThere = holding(document, other, differences && other.since && eitherOf(differences, other.since.differences));
      return (file) => {
        const held = statesOf(document, file).find(({ facts }) => facts.every(holdsThere));
        if (held) used.set(file, held);
        return held?.unit;
      };
    },
    save(fresh, others) {
      const isNew = fresh.units.size > 0 || (others?.units.size ?? 0) > 0;
      // The answers of another index take long to compare with this one's: what was compared is written even if no unit is new.
      if (!isNew && document.index === tree.index) return;
      shelf.put(written(renewed(document, tree, { units: chosen, holds }, fresh, used, others)));
    },
  };
}

function named(aliases: readonly FunctionReference[]): string {
  return digestOfText(JSON.stringify(aliases));
}

function usable(document: Document | null, aliases: string): Document {
  if (document?.aliases === aliases) return document;
  return emptyDocument(aliases);
}

/** How the answers of a tree's index may differ from those in the document; `null` if that is not known. */
function differencesFrom({ index, drift }: Document, { since }: Tree): Differences | null {
  return since?.index === index ? eitherOf(differencesOf(new Set(drift), false), since.differences) : null;
}

/**
 * Makes the test whether a fact, given by its number, is true in a tree.
 * @param differences of the tree's index from that of the document, if known
 */
function holding({ facts, proven, texts }: Document, tree: Tree, differences: Differences | null): (fact: number) => boolean {
  const untouched = new Map<string, boolean>();
  const isTextUntouched = (file: string): boolean => {
    let answer = untouched.get(file);
    if (answer === undefined) {
      const kept = texts.get(file);
      // A file that was written again, by a checkout for example, mostly has the same text.
      answer =
        areSameStamps(tree.stampOf(file), kept?.stamp) || (kept?.digest != null && kept.digest === answerOf(tree, ofWholeText(file)));
      untouched.set(file, answer);
    }
    return answer;
  };
  const isStill = (fact: number): boolean => {
    const words = wordsAt(facts, facts.questions[fact] as number);
    const answer = facts.answers[fact] as string | null;
    const file = fileOf(words);
    const isAsBefore = file === null ? differences !== null && isUntouched(tree, words, differences) : isTextUntouched(file);
    return (isAsBefore && fact < proven) || (answer !== null && answerOf(tree, words) === answer);
  };
  const known: (boolean | undefined)[] = new Array(facts.questions.length);
  return (fact) => {
    known[fact] ??= isStill(fact);
    return known[fact];
  };
}
