/** A tree in which some files have other texts than on disk: as it was before a change, or as it would be after one. */
import { differencesOf, differing } from './differences.js';
import { digestOfText } from './digest.js';
import { ANYTHING, CALL, DEFINITION, FIELD, hashName, STRUCT } from './hash.js';
import { inOrder } from './order.js';
import { unmarked } from './reader.js';
import { newSink, plainScanner } from './scan.js';
import type { Tree } from './tree.js';

/**
 * Returns a tree that answers the same questions with other texts.
 *
 * @param texts of C files by path, as latin1; `null` for a file that is not there
 */
export function overlay(tree: Tree, texts: ReadonlyMap<string, string | null>): Tree {
  const added = [...texts].filter(([, text]) => text !== null).map(([file]) => file);
  const there = (file: string): boolean => (texts.has(file) ? texts.get(file) !== null : tree.exists(file));
  const fresh = added.filter((file) => !tree.exists(file));
  const sameFiles = fresh.length === 0 && added.length === texts.size;
  const files = sameFiles ? tree.files : inOrder([...tree.files.filter((file) => texts.get(file) !== null), ...fresh]);
  const names = new Map(added.map((file) => [file, namesIn(texts.get(file) ?? '')]));
  const hashes = new Set<number>();
  for (const file of texts.keys()) differing(tree.exists(file) ? namesIn(tree.read(file) ?? '') : [], names.get(file) ?? [], hashes);

  function question(asked: (name: string) => readonly string[], role: number): (name: string) => readonly string[] {
    return (name) => {
      const hash = hashName(name, role);
      const ours = added.filter((file) => {
        const held = names.get(file);
        return hash === null || held?.has(hash) || held?.has(ANYTHING);
      });
      const others = asked(name).filter((file) => !texts.has(file));
      return ours.length === 0 ? others : inOrder([...others, ...ours]);
    };
  }

  return {
    root: tree.root,
    files,
    warnings: tree.warnings,
    filesCalling: question(tree.filesCalling, CALL),
    filesDefining: question(tree.filesDefining, DEFINITION),
    filesAccessing: question(tree.filesAccessing, FIELD),
    filesDefiningStruct: question(tree.filesDefiningStruct, STRUCT),
    read(file) {
      const text = texts.get(file);
      return text === undefined ? tree.read(file) : text && unmarked(text);
    },
    exists: there,
    stampOf: (file) => (texts.has(file) ? null : tree.stampOf(file)),
    lists: (file) => (texts.has(file) ? texts.get(file) !== null : tree.lists(file)),
    digestOf(file) {
      const text = texts.get(file);
      return text === undefined ? tree.digestOf(file) : text === null ? null : digestOfText(Buffer.from(text, 'latin1'));
    },
    index: '',
    drift: [],
    since: { index: tree.index, differences: differencesOf(hashes, !sameFiles) },
    share() {
      throw new Error('a tree with other texts cannot be handed to another thread');
    },
  };
}

function namesIn(text: string): Set<number> {
  const bytes = Buffer.from(text, 'latin1');
  const scanner = plainScanner(bytes.length);
  scanner.text.set(bytes, scanner.base);
  const sink = newSink();
  scanner.scan(bytes.length, sink);
  return new Set(sink.hashes.subarray(0, sink.length));
}
