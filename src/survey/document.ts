/** The format in which units are kept. They rest on many facts, and share them, so units name facts by number. */
import type { Stamp } from '../source/index.js';
import { compacting, type Facts, noFacts } from './facts.js';
import type { Unit } from './unit.js';

/** To be increased whenever a unit, or what it rests on, is written in another form. */
export const FORMAT = 6;

/** A unit, and the numbers of the facts that it was worked out from in some state of the tree. */
export interface Resting {
  unit: Unit;
  facts: readonly number[];
}

/** What a text is recognised by: the file's stamp (`null` if it is not reliable), and a digest (`null` if it is not certain). */
export interface KeptText {
  stamp: Stamp | null;
  digest: string | null;
}

/** What is kept of one tree. */
export interface Document {
  /**
   * Name of the index that the answers behind the current units come from. The questions with the hashes in `drift` may have other answers
   * there.
   */
  index: string;
  drift: readonly number[];
  /** Digest of the macros that all units were worked out with. */
  aliases: string;
  facts: Facts;
  /** How many of the facts, from the first on, are facts of the tree as it was when this was written. */
  proven: number;
  /** For each file that these facts are about, what it was then. */
  texts: ReadonlyMap<string, KeptText>;
  /** The units of the tree as it was when this was written, by file. */
  current: ReadonlyMap<string, Resting>;
  /** Units of other states of the tree, by file, the most recently used first. */
  others: ReadonlyMap<string, readonly Resting[]>;
}

type WrittenUnit = [file: string, unit: Unit, facts: readonly number[]];

interface Written extends Pick<Document, 'index' | 'drift' | 'aliases' | 'facts' | 'proven'> {
  texts: [file: string, stamp: number[] | null, digest: string | null][];
  current: WrittenUnit[];
  others: WrittenUnit[];
}

/** Returns the document for a tree of which nothing is kept. */
export function emptyDocument(aliases: string): Document {
  return { index: '', drift: [], aliases, facts: noFacts(), proven: 0, texts: new Map(), current: new Map(), others: new Map() };
}

/** Returns the bytes of a document. Facts that no unit rests on are left out. */
export function written({ index, drift, aliases, facts, texts, current, others }: Omit<Document, 'proven'>): Buffer {
  const compact = compacting(facts);
  const unit = (file: string, { unit, facts }: Resting): WrittenUnit => [file, unit, facts.map(compact.number)];
  const present = Array.from(current, ([file, resting]) => unit(file, resting));
  const proven = compact.count();
  const past = Array.from(others, ([file, all]) => all.map((resting) => unit(file, resting))).flat();
  const document: Written = {
    index,
    drift,
    aliases,
    facts: compact.facts(),
    proven,
    texts: Array.from(texts, ([file, { stamp, digest }]) => [file, stamp && Array.from(stamp), digest]),
    current: present,
    others: past,
  };
  return Buffer.from(JSON.stringify(document));
}

/** Returns the units that were kept of a file, the latest first. */
export function statesOf({ current, others }: Pick<Document, 'current' | 'others'>, file: string): Resting[] {
  return [current.get(file) ?? [], others.get(file) ?? []].flat();
}

/** Returns the document that was written; `null` if it cannot be read. */
export function readDocument(value: Buffer | null): Document | null {
  try {
    return value && documentOf(JSON.parse(value.toString()) as Written);
  } catch {
    return null;
  }
}

function documentOf({ texts, current, others, ...rest }: Written): Document {
  const resting = ([, unit, facts]: WrittenUnit): Resting => ({ unit, facts });
  const byFile = new Map<string, Resting[]>();
  for (const one of others) byFile.set(one[0], [...(byFile.get(one[0]) ?? []), resting(one)]);
  return {
    ...rest,
    texts: new Map(texts.map(([file, stamp, digest]) => [file, { stamp, digest }])),
    current: new Map(current.map((one) => [one[0], resting(one)])),
    others: byFile,
  };
}
