/** How kept units are written: what they rest on is much and shared, so units name it by number. */
import type { Stamp } from '../source/index.js';
import { compacting, type Facts, noFacts } from './facts.js';
import type { Unit } from './unit.js';

/** Goes up when a unit, or what it rests on, is written differently. */
export const FORMAT = 6;

/** A unit and the facts that it was worked out from, in some state of the tree, by their numbers. */
export interface Resting {
  unit: Unit;
  facts: readonly number[];
}

/** What tells a text from others: the file's stamp (`null` if that cannot be relied on), and a digest (`null` if it is in doubt). */
export interface KeptText {
  stamp: Stamp | null;
  digest: string | null;
}

/** What is kept of one tree. */
export interface Document {
  /** Names the index of which the answers of the current units are, but for the questions with the hashes in `drift`. */
  index: string;
  drift: readonly number[];
  /** Of the macros that all of the units were told of. */
  aliases: string;
  facts: Facts;
  /** How many of these, the first ones, are facts of the tree as it was when this was written. */
  proven: number;
  /** Of each file that these are about, what it was then. */
  texts: ReadonlyMap<string, KeptText>;
  /** The units of the tree as it was when this was written, by their files. */
  current: ReadonlyMap<string, Resting>;
  /** Units of other states of it, those used last first. */
  others: ReadonlyMap<string, readonly Resting[]>;
}

type WrittenUnit = [file: string, unit: Unit, facts: readonly number[]];

interface Written extends Pick<Document, 'index' | 'drift' | 'aliases' | 'facts' | 'proven'> {
  texts: [file: string, stamp: number[] | null, digest: string | null][];
  current: WrittenUnit[];
  others: WrittenUnit[];
}

/** What is kept of a tree of which nothing was. */
export function emptyDocument(aliases: string): Document {
  return { index: '', drift: [], aliases, facts: noFacts(), proven: 0, texts: new Map(), current: new Map(), others: new Map() };
}

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

/** What was kept of a file, the latest first. */
export function statesOf({ current, others }: Pick<Document, 'current' | 'others'>, file: string): Resting[] {
  return [current.get(file) ?? [], others.get(file) ?? []].flat();
}

/** What was written, `null` if it cannot be read. */
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
