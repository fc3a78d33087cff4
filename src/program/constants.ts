/** Values of names in capitals: macros for a number, and enumerators that are given one. */
import type { Ledger } from './ledger.js';
import type { AskedTree } from './questions.js';

/** Where constants are looked for. */
export interface Surroundings {
  tree: Pick<AskedTree, 'read'>;
  ledger: Ledger;
  /** Headers that a file includes. */
  ownHeaders(from: string): readonly string[];
}

/** Makes the lookup of a constant by name, as a file sees it; `null` for what is no plain number. */
export function openConstants({ tree, ledger, ownHeaders }: Surroundings): (name: string, from: string) => number | null {
  const known = ledger.memo<number | null>();
  return (name, from) => {
    if (!/^[A-Z]\w*$/.test(name)) return null;
    const key = `${name}\0${from}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    return known.work(key, () => {
      for (const file of [from, ...ownHeaders(from)]) {
        const text = tree.read(file);
        const value = text?.includes(name) ? valueIn(text, name) : null;
        if (value !== null) return value;
      }
      return null;
    });
  };
}

function numberOf(text: string): number {
  const plain = text.replace(/\s/g, '');
  return plain.startsWith('-') ? -Number(plain.slice(1)) : Number(plain);
}

function valueIn(text: string, name: string): number | null {
  const written = '\\(?\\s*(-?\\s*(?:0x[0-9a-f]+|\\d+))[ul]*\\s*\\)?\\s*';
  const macro = new RegExp(`^[ \\t]*#[ \\t]*define[ \\t]+${name}[ \\t]+${written}(?:$|\\/[*/])`, 'im').exec(text);
  const enumerator = macro ?? new RegExp(`(?<![.\\w])${name}\\s*=\\s*${written}(?:[,}]|$|\\/[*/])`, 'im').exec(text);
  if (enumerator) return numberOf(enumerator[1] as string);
  // The first of an enumeration, if nothing is said, is zero.
  return new RegExp(`\\benum\\b[\\s\\w]*\\{\\s*${name}\\s*[,}]`).test(text) ? 0 : null;
}
