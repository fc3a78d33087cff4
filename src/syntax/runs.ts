/** Handles several words in a row, which only declarations have: those that are neither type nor name are annotations, and are blanked. */
import { blankTokens, type Rewrite } from './rewrite.js';
import { isPunct, isWord, STRING, tokenText } from './tokens.js';
import {
  ASM,
  ATTRIBUTE,
  isAnnotation,
  isKnownAnnotation,
  QUALIFIERS,
  STATEMENT_KEYWORDS,
  STORAGE,
  TAG_KEYWORDS,
  TYPE_KEYWORDS,
  TYPEOF,
} from './words.js';

/** Several words in a row. */
interface Run {
  /** Indexes of those that are neither keywords nor part of a type with a tag: the type's name, what is declared, and annotations. */
  plain: number[];
  hasType: boolean;
  /** Index of the last token. */
  last: number;
}

/**
 * Handles the run of words that begins at token `i`; returns the index of its last token.
 * @param next token from which the run goes on: `i + 1`, or further on if a `typeof(...)` began it
 */
export function blankWords(r: Rewrite, i: number, to: number, next: number): number {
  const { t } = r;
  const { plain, hasType, last } = readRun(r, i, to, next);
  const behind = last + 1;
  if (t.kind[behind] === STRING && behind <= to && plain.length > 0 && plain.at(-1) === last) {
    blankTokens(r, last, last);
    plain.pop();
  }
  const group = isPunct(t, behind, '(') ? (t.match[behind] ?? -1) : -1;
  const close = group > 0 && group <= to ? group : -1;
  if (isPunct(t, i - 1, ']')) {
    // `char buf[8] __aligned(4);`
    if (plain.length === last - i + 1) blankTokens(r, i, close > 0 ? close : last);
    return close > 0 && plain.length > 0 ? close : last;
  }
  if (group > 0 && isPunct(t, behind + 1, '*') && plain.at(-1) === last && plain.length + Number(hasType) >= 2) {
    // `__u8 __user (*tags)[8]`: all words belong to the type.
    blankMore(r, plain, hasType, false, true);
    return last;
  }
  const star = isPunct(t, i - 1, '*');
  const words = plain.length + Number(hasType) + Number(star);
  // A last word with parentheses: an annotation with arguments, or what is called or declared.
  const isLastAnnotation = close > 0 && plain.at(-1) === last && isAnnotationCall(r, last, close + 1, words, star);
  if (isLastAnnotation) {
    plain.pop();
    blankTokens(r, last, close);
  }
  const end = isLastAnnotation ? close : last;
  const after = end + 1;
  blankMore(r, plain, hasType, star, isPunct(t, after, '*') || (isLastAnnotation && isWord(t, after)), after);
  return end;
}

/** Reads a run, and blanks in it what is no annotation by its place, but by its name. */
function readRun(r: Rewrite, i: number, to: number, next: number): Run {
  const { t } = r;
  const typeFirst = next > i + 1;
  const plain: number[] = [];
  let hasType = typeFirst;
  let k = typeFirst ? next : i;
  for (; k <= to && isWord(t, k) && !r.skip[k]; k++) {
    const word = tokenText(t, k);
    if (STATEMENT_KEYWORDS.has(word) || ATTRIBUTE.has(word) || ASM.has(word) || (TYPEOF.has(word) && isPunct(t, k + 1, '('))) break;
    if (TAG_KEYWORDS.has(word)) {
      hasType = true;
      while (isWord(t, k + 1) && isKnownAnnotation(tokenText(t, k + 1)) && isWord(t, k + 2)) blankTokens(r, ++k, k);
      if (isWord(t, k + 1)) k++;
    } else if (TYPE_KEYWORDS.has(word)) hasType = true;
    else if (QUALIFIERS.has(word)) {
      if (word.startsWith('__')) blankTokens(r, k, k);
    } else if (!STORAGE.has(word)) plain.push(k);
    else if (word !== 'static' && word !== 'extern' && word !== 'inline' && word !== 'register' && word !== 'typedef' && word !== 'auto')
      blankTokens(r, k, k);
  }
  return { plain, hasType, last: k - 1 };
}

/**
 * True if the last word of a run and the parentheses behind it are an annotation with its arguments.
 * @param after index of the token behind the parentheses
 * @param words how many words there are of what a declaration needs, with the `*` before the run
 */
function isAnnotationCall({ t }: Rewrite, word: number, after: number, words: number, star: boolean): boolean {
  if (words < 2 || !isAnnotation(tokenText(t, word))) return false;
  return words >= 3 || isPunct(t, after, '=') || isWord(t, after) || (isPunct(t, after, ';') && star) || isPunct(t, after, '*');
}

/** Blanks annotations among the plain words of a run until as many are left as a declaration needs. */
function blankMore(r: Rewrite, plain: number[], hasType: boolean, star: boolean, starFollows: boolean, after = -1): void {
  const { t } = r;
  // Behind a comma that does not separate arguments, another declarator follows.
  let need = star || hasType || isPunct(t, (plain[0] ?? 0) - 1, ',') ? 1 : 2;
  if (starFollows && !star) need = hasType ? 0 : 1;
  if (after >= 0 && isPunct(t, after, ')') && !star) need = Math.max(hasType ? 0 : 1, need - 1);
  const excess = (): number => plain.length - need;
  const drop = (test: (word: string) => boolean): void => {
    for (let k = plain.length - 1; k >= 0 && excess() > 0; k--) {
      if (!test(tokenText(t, plain[k]!))) continue;
      blankTokens(r, plain[k]!, plain[k]!);
      plain.splice(k, 1);
    }
  };
  drop(isKnownAnnotation);
  drop(isAnnotation);
  drop((word) => /^[A-Z][A-Z0-9_]+$/.test(word));
  if (plain.length > 2 || (plain.length === 2 && need < 2 && !(after >= 0 && isPunct(t, after, ')')))) drop(() => true);
}
