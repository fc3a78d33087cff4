/** The questions that may be put to a tree, each as a line of text with which a later run can ask again. */
import { createHash } from 'node:crypto';
import type { Differences, Tree } from '../source/index.js';
import { isSmall, releasingNames } from './aliases.js';
import { definesAtColumnZero } from './file.js';
import { type Ledger, separator } from './ledger.js';
import { folderOf } from './place.js';
import { remembered } from './remembered.js';

/** A tree whose questions are noted in a ledger. */
export interface AskedTree
  extends Pick<Tree, 'filesCalling' | 'filesDefining' | 'filesAccessing' | 'filesDefiningStruct' | 'read' | 'exists'> {
  /** All files of the tree. */
  list(): readonly string[];
  /** The files of a name, in whatever folder. */
  filesNamed(name: string): readonly string[];
  /** True if some line that starts in column one has `name(`: see {@link definesAtColumnZero}. */
  defines(file: string, name: string): boolean;
  /** True if the file has the word. */
  mentions(file: string, word: string): boolean;
  /** True if the file calls something that drops references. */
  drops(file: string): boolean;
  /** True if some file of its folder does. */
  dropsNear(file: string): boolean;
  /** Names of the calls that drop references: those of the tables, and of the tree's macros for them. */
  dropNames(): readonly string[];
}

/** Kinds of questions; what is asked about a file's text rests on the file's content. */
type Kind =
  | 'calling'
  | 'defining'
  | 'accessing'
  | 'struct'
  | 'read'
  | 'exists'
  | 'list'
  | 'named'
  | 'defines'
  | 'mentions'
  | 'drops'
  | 'drops-near'
  | 'drop-names';

/** Has every question that is put to a tree noted. */
export function asked(tree: Tree, ledger: Ledger): AskedTree {
  const noted: (kind: Kind, ...words: readonly string[]) => void = ledger.note;
  return {
    filesCalling(name) {
      noted('calling', name);
      return tree.filesCalling(name);
    },
    filesDefining(name) {
      noted('defining', name);
      return tree.filesDefining(name);
    },
    filesAccessing(field) {
      noted('accessing', field);
      return tree.filesAccessing(field);
    },
    filesDefiningStruct(tag) {
      noted('struct', tag);
      return tree.filesDefiningStruct(tag);
    },
    read(file) {
      noted('read', file);
      return tree.read(file);
    },
    exists(file) {
      noted('exists', file);
      return tree.exists(file);
    },
    list() {
      noted('list');
      return tree.files;
    },
    filesNamed(name) {
      noted('named', name);
      return namesOf(tree).get(name) ?? [];
    },
    defines(file, name) {
      noted('defines', file, name);
      return definesAtColumnZero(tree.read(file), name);
    },
    mentions(file, word) {
      noted('mentions', file, word);
      return mentionsWord(tree.read(file) ?? '', word);
    },
    drops(file) {
      noted('drops', file);
      return droppingIn(tree).files.has(file);
    },
    dropsNear(file) {
      const folder = folderOf(file);
      noted('drops-near', folder);
      return droppingIn(tree).folders.has(folder);
    },
    dropNames() {
      noted('drop-names');
      return releasingNames(tree);
    },
  };
}

/** Most texts do not hold the word at all, and that is seen much sooner than where words begin. */
function mentionsWord(text: string, word: string): boolean {
  return text.includes(word) && new RegExp(`\\b${word}\\b`).test(text);
}

/** Questions about a file's text, and nothing else. */
const ofText: readonly Kind[] = ['read', 'defines', 'mentions'];

/** The file whose content decides a question's answer, `null` for one that the index answers. */
export function fileOf(question: string): string | null {
  const end = question.indexOf(separator);
  if (!ofText.some((kind) => kind.length === end && question.startsWith(kind))) return null;
  const next = question.indexOf(separator, end + 1);
  return question.slice(end + 1, next < 0 ? question.length : next);
}

/** True for a question that the index, or the list of files, alone answers, and not otherwise than before. */
export function isUntouched(tree: Tree, question: string, differences: Differences): boolean {
  const end = question.indexOf(separator);
  // No question that the index answers has more than one word.
  const [kind, name] = end < 0 ? [question as Kind, ''] : [question.slice(0, end) as Kind, question.slice(end + 1)];
  switch (kind) {
    case 'calling':
      return !differences.calling(name);
    case 'defining':
      return !differences.defining(name);
    case 'accessing':
      return !differences.accessing(name);
    case 'struct':
      return !differences.definingStruct(name);
    case 'list':
    case 'named':
      return !differences.files;
    case 'exists':
      return !differences.files && tree.lists(name);
    case 'drops':
    case 'drops-near':
    case 'drop-names':
      // The index does not know macros that stand for a name.
      return !isSmall(tree) && !dropsDiffer(differences, tree);
    default:
      return false;
  }
}

const dropsDiffer = remembered((differences: Differences, tree: Tree): boolean => releasingNames(tree).some(differences.calling));

/** True for the question for a file's text: its answer is the text's digest. */
export function isOfWholeText(question: string): boolean {
  return question.startsWith(`read${separator}`);
}

/** The digests of the texts that questions rest on, as this thread has read them, by their files; `null` for one that is in doubt. */
export function textsBehind(tree: Tree, questions: Iterable<string>): Map<string, string | null> {
  const texts = new Map<string, string | null>();
  for (const question of questions) {
    const file = fileOf(question);
    if (file !== null && !texts.has(file)) texts.set(file, tree.digestOf(file) ?? null);
  }
  return texts;
}

/** The answer of a tree to a question, shortened; `null` if a file's text is asked for and cannot be read or told from others. */
export function answerOf(tree: Tree, question: string): string | null {
  const [kind, first, second] = question.split(separator) as [Kind, string, string];
  switch (kind) {
    case 'calling':
      return digest(tree.filesCalling(first));
    case 'defining':
      return digest(tree.filesDefining(first));
    case 'accessing':
      return digest(tree.filesAccessing(first));
    case 'struct':
      return digest(tree.filesDefiningStruct(first));
    case 'list':
      return digest(tree.files);
    case 'named':
      return digest(namesOf(tree).get(first) ?? []);
    case 'exists':
      return String(tree.exists(first));
    case 'defines':
      return String(definesAtColumnZero(tree.read(first), second));
    case 'mentions':
      return String(mentionsWord(tree.read(first) ?? '', second));
    case 'drops':
      return String(droppingIn(tree).files.has(first));
    case 'drops-near':
      return String(droppingIn(tree).folders.has(first));
    case 'drop-names':
      return digest(releasingNames(tree));
    case 'read':
      return tree.read(first) === null ? null : (tree.digestOf(first) ?? null);
  }
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

/** The files that call a releasing function: asked for one at a time, so that a new one matters only where it is met. */
const droppingIn = remembered((tree: Tree): Dropping => {
  const files = new Set(releasingNames(tree).flatMap((name) => [...tree.filesCalling(name)]));
  return { files, folders: new Set([...files].map(folderOf)) };
});

function digest(files: readonly string[]): string {
  return files.length < 2 ? files.join() : createHash('sha1').update(files.join(separator)).digest('base64');
}
