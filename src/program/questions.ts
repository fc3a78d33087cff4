/** The questions that may be put to a tree. Each is kept as a string, with which a later run can ask it again. */
import { type Differences, digestOfText, type Tree } from '../source/index.js';
import { isSmall, releasingNames } from './aliases.js';
import { type Described, descriptionsIn } from './described.js';
import { definesAtColumnZero, searching } from './file.js';
import { separator } from './ledger.js';
import { folderOf } from './place.js';
import { remembered } from './remembered.js';

/** One kind of question: how to look up the answer, and how to tell one answer from another. */
interface Question<V> {
  look(tree: Tree, first: string, second: string): V;
  /** Returns a short form of the answer; `null` if it cannot be told from other answers, or rests on a file that cannot be read. */
  name(value: V, tree: Tree, first: string): string | null;
  /**
   * For a question that the index or the list of files answers: true if the differences show that the answer is as before. `null` for a
   * question about the content of the file that is its first word.
   */
  isUntouched: ((differences: Differences, tree: Tree, word: string) => boolean) | null;
}

function ofIndex<V>(
  look: Question<V>['look'],
  name: (value: V) => string,
  isUntouched: NonNullable<Question<V>['isUntouched']>,
): Question<V> {
  return { look, name, isUntouched };
}

function ofText<V>(look: Question<V>['look'], name: Question<V>['name']): Question<V> {
  return { look, name, isUntouched: null };
}

/** All kinds of questions. */
const questions = {
  calling: ofIndex(
    (tree, name) => tree.filesCalling(name),
    digestOfAll,
    (differences, _, name) => !differences.calling(name),
  ),
  defining: ofIndex(
    (tree, name) => tree.filesDefining(name),
    digestOfAll,
    (differences, _, name) => !differences.defining(name),
  ),
  accessing: ofIndex(
    (tree, field) => tree.filesAccessing(field),
    digestOfAll,
    (differences, _, field) => !differences.accessing(field),
  ),
  struct: ofIndex(
    (tree, tag) => tree.filesDefiningStruct(tag),
    digestOfAll,
    (differences, _, tag) => !differences.definingStruct(tag),
  ),
  list: ofIndex(
    (tree) => tree.files,
    digestOfAll,
    ({ files }) => !files,
  ),
  named: ofIndex(
    (tree, name) => namesOf(tree).get(name) ?? [],
    digestOfAll,
    ({ files }) => !files,
  ),
  exists: ofIndex(
    (tree, file) => tree.exists(file),
    String,
    ({ files }, tree, file) => !files && tree.lists(file),
  ),
  drops: ofIndex((tree, file) => droppingIn(tree).files.has(file), String, areDropsUntouched),
  'drops-near': ofIndex((tree, folder) => droppingIn(tree).folders.has(folder), String, areDropsUntouched),
  'drop-names': ofIndex(releasingNames, digestOfAll, areDropsUntouched),
  read: ofText(
    (tree, file) => tree.read(file),
    (text, tree, file) => (text === null ? null : (tree.digestOf(file) ?? null)),
  ),
  shell: ofText(describedAs, (found) => found?.shellDigest() ?? null),
  outside: ofText(
    (tree, file) => descriptionsIn(tree).outsideDigest(file),
    (digest) => digest,
  ),
  items: ofText(
    (tree, file, numbers) => ofEach(describedAs(tree, file), numbers, (found, number) => found.textOf(number)),
    (texts) => digestOfText(texts.join(separator)),
  ),
  starts: ofText(
    (tree, file, numbers) => ofEach(describedAs(tree, file), numbers, (found, number) => found.startOf(number)),
    (starts) => digestOfAll(starts.map(({ line, column }) => `${line}:${column}`)),
  ),
  searched: ofText(
    (tree, file, pattern) => matchingIn(describedAs(tree, file), patternOf(pattern)),
    (numbers) => numbers.join(),
  ),
  matches: ofText(
    (tree, file, pattern) => matchesIn(descriptionsIn(tree).textOf(file), patternOf(pattern)),
    (matches) => digestOfAll(matches.map((groups) => JSON.stringify(groups))),
  ),
  says: ofText((tree, file, pattern) => isIn(descriptionsIn(tree).textOf(file), patternOf(pattern)), String),
  defines: ofText((tree, file, name) => definesAtColumnZero(tree.read(file), name), String),
  mentions: ofText((tree, file, word) => mentionsWord(tree.read(file) ?? '', word), String),
} as const;

/** The name of a kind of question. */
export type Kind = keyof typeof questions;

/** Returns a tree's answer to a question. */
export function lookedUp<K extends Kind>(tree: Tree, kind: K, first = '', second = ''): ReturnType<(typeof questions)[K]['look']> {
  return questions[kind].look(tree, first, second) as ReturnType<(typeof questions)[K]['look']>;
}

function describedAs(tree: Tree, file: string): Described | null {
  return descriptionsIn(tree).of(file);
}

/** Looks up something for each of the items of a file, given by their numbers, `1,4,7`. */
function ofEach<V>(found: Described | null, numbers: string, look: (found: Described, number: number) => V | undefined): V[] {
  return found ? numbers.split(',').flatMap((number) => look(found, Number(number)) ?? []) : [];
}

/** Kinds of questions that may be about several items of a file at once. */
const ofItems: readonly Kind[] = ['items', 'starts'];

/** Merges questions about single items of a file into one: a result rests on many of them, and a change mostly touches none. */
export function together(asked: Iterable<string>): string[] {
  const others: string[] = [];
  const numbers = new Map<string, Set<string>>();
  for (const question of asked) {
    if (!ofItems.some((kind) => question.startsWith(`${kind}${separator}`))) others.push(question);
    else {
      const end = question.lastIndexOf(separator);
      const about = question.slice(0, end);
      const known = numbers.get(about) ?? new Set();
      numbers.set(about, known.add(question.slice(end + 1)));
    }
  }
  return [
    ...others,
    ...Array.from(numbers, ([about, all]) => `${about}${separator}${[...all].sort((a, b) => Number(a) - Number(b)).join()}`),
  ];
}

/** The functions of a file whose text matches, by their index among its functions. */
function matchingIn(found: Described | null, pattern: RegExp): number[] {
  if (!found) return [];
  const matching = new Set(searching(found.whole, pattern));
  return found.whole.functions.flatMap((reference, i) => (matching.has(reference) ? [i] : []));
}

/** True if a pattern matches in a text. */
export function isIn(text: string | null, pattern: RegExp): boolean {
  return text !== null && pattern.test(text);
}

/** Returns the groups of each match of a pattern in a text. */
export function matchesIn(text: string | null, pattern: RegExp): (string | undefined)[][] {
  return Array.from((text ?? '').matchAll(new RegExp(pattern, `${pattern.flags.replace('g', '')}g`)), (match) => [...match]);
}

/** Most texts do not contain the word at all, which `includes` finds out much faster than a pattern with `\b`. */
function mentionsWord(text: string, word: string): boolean {
  return text.includes(word) && new RegExp(`\\b${word}\\b`).test(text);
}

/** Returns a pattern as a word of a question; `patternOf` is the inverse. */
export function wordFor({ source, flags }: RegExp): string {
  return `${flags}/${source}`;
}

function patternOf(word: string): RegExp {
  const end = word.indexOf('/');
  return new RegExp(word.slice(end + 1), word.slice(0, end));
}

/** The words of a question: its kind and what it is about, `''` where it has fewer words. */
export type Words = readonly [kind: Kind, first: string, second: string];

/** Splits a question into its words. */
export function wordsOf(question: string): Words {
  const [kind, first = '', second = ''] = question.split(separator) as [Kind, string?, string?];
  return [kind, first, second];
}

/**
 * True for kinds of questions that the content of one file answers, the file being the first word. The index or the list of files answers
 * all others.
 */
function isAboutText(kind: Kind): boolean {
  return questions[kind].isUntouched === null;
}

/** Returns the file whose content answers a question; `null` for one that the index answers. */
export function fileOf([kind, first]: Words): string | null {
  return isAboutText(kind) ? first : null;
}

/** True for a question that the index or the list of files answers, and whose answer has not changed. */
export function isUntouched(tree: Tree, [kind, word]: Words, differences: Differences): boolean {
  return questions[kind].isUntouched?.(differences, tree, word) ?? false;
}

/**
 * In a small tree macros for releasing calls are looked for in texts, of which the index says nothing: there the answer must be looked up.
 */
function areDropsUntouched(differences: Differences, tree: Tree): boolean {
  return !isSmall(tree) && !dropsDiffer(differences, tree);
}

const dropsDiffer = remembered((differences: Differences, tree: Tree): boolean => releasingNames(tree).some(differences.calling));

/** Returns the question for a file's whole text; its answer is the text's digest. */
export function ofWholeText(file: string): Words {
  return ['read', file, ''];
}

/** True for a question for a file's whole text. */
export function isOfWholeText([kind]: Words): boolean {
  return kind === 'read';
}

/** Returns the digests of the files that questions rest on, as this thread has read them; `null` for a file whose digest is not known. */
export function textsBehind(tree: Tree, all: Iterable<string>): Map<string, string | null> {
  const texts = new Map<string, string | null>();
  for (const question of all) {
    const file = fileOf(wordsOf(question));
    if (file !== null && !texts.has(file)) texts.set(file, tree.digestOf(file) ?? null);
  }
  return texts;
}

/** Returns the answers, as of the texts that this thread has read, to those questions about content that do not ask for a whole text. */
export function answersBehind(tree: Tree, all: Iterable<string>): Map<string, string | null> {
  const answers = new Map<string, string | null>();
  for (const question of all) {
    const words = wordsOf(question);
    if (fileOf(words) !== null && !isOfWholeText(words)) answers.set(question, answerOf(tree, words));
  }
  return answers;
}

/** Returns the short form of a tree's answer; `null` if the file cannot be read, or the answer cannot be told from others. */
export function answerOf(tree: Tree, [kind, first, second]: Words): string | null {
  const { look, name } = questions[kind] as Question<unknown>;
  return name(look(tree, first, second), tree, first);
}

const namesOf = remembered((tree: Tree): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, string[]>();
  for (const file of tree.files) {
    const name = file.slice(file.lastIndexOf('/') + 1);
    const known = found.get(name);
    if (known) known.push(file);
    else found.set(name, [file]);
  }
  return found;
});

interface Dropping {
  files: ReadonlySet<string>;
  folders: ReadonlySet<string>;
}

/**
 * The files that call a releasing function. A result asks about one file or folder at a time, so that another file that begins to drop does
 * not touch it.
 */
const droppingIn = remembered((tree: Tree): Dropping => {
  const files = new Set(releasingNames(tree).flatMap((name) => [...tree.filesCalling(name)]));
  return { files, folders: new Set([...files].map(folderOf)) };
});

function digestOfAll(texts: readonly string[]): string {
  return texts.length < 2 ? texts.join() : digestOfText(texts.join(separator));
}
