/** Top-level items of a file, and what an item that is not a function is and declares. */
import { CLOSE_BRACKET, COLON, COMMA, EQUALS, OPEN_BRACKET, OPEN_PAREN, STAR } from './characters.js';
import { WORD } from './tokens.js';
import { isAnnotation, QUALIFIERS, STORAGE, TAG_KEYWORDS } from './words.js';

/** What a top-level item is. `declaration` is one without storage, such as a prototype or a typedef. */
export type ItemKind = 'function' | 'struct' | 'macro' | 'variable' | 'declaration' | 'other';

/** A top-level item; its text is `text.slice(pos, end)`. */
export interface Item {
  kind: ItemKind;
  /** `''` if it has none. */
  name: string;
  pos: number;
  end: number;
  /** Offset of the `{` of its body, or -1. */
  bodyPos: number;
  static: boolean;
  inline: boolean;
  /** The variables that it declares, also those behind a struct's body. */
  variables: readonly string[];
  /** Conditions of the `#if` arms around it, outermost first, in the form of a variant's assumptions. */
  conditions: string[];
}

/**
 * The tokens of an item outside all brackets. Kind `WORD` is a word or number, `OPEN_PAREN` a pair of parentheses with what is inside,
 * `OPEN_BRACE` a pair of braces, `QUOTE` a string; any other token is its character.
 */
export interface Head {
  /** Kinds of the tokens. */
  kind: number[];
  /** Offsets at which they start. */
  start: number[];
  /** Offsets at which they end. */
  end: number[];
}

/** What an item's own text says about it. */
export type Described = Omit<Item, 'pos' | 'end' | 'conditions'>;

/** An item's head while it is described. */
interface Reading {
  text: string;
  head: Head;
  /** Index of the token that begins an initialiser, or the number of tokens. */
  limit: number;
  /** Returns the text of a word; `''` for any other token. */
  word(k: number): string;
  isExtern: boolean;
  isTypedef: boolean;
  flags: Pick<Described, 'static' | 'inline' | 'variables'>;
}

/**
 * Describes an item that is not a function from the tokens of its head.
 * @param body offset of its `{`, or -1
 * @param typeBody index of the head's token for the body of a struct, union or enum, or -1
 * @param assigned true if the head has an `=`
 */
export function describeItem(text: string, head: Head, body: number, typeBody: number, assigned: boolean): Described {
  const r = readHead(text, head);
  if (typeBody >= 0) return describeType(r, body, typeBody);
  const name = declaredName(head, r.word, 0, r.limit);
  if (r.isTypedef) return declarationOf(r, pointerName(text, head, 0, r.limit) || name);
  if (assigned) return variableOf(r, name || pointerName(text, head, 0, r.limit));
  return describeDeclaration(r, name);
}

function readHead(text: string, head: Head): Reading {
  const word = (k: number): string =>
    head.kind[k] === WORD ? text.slice(head.start[k]!, Math.min(head.end[k]!, head.start[k]! + 200)) : '';
  const assign = head.kind.indexOf(EQUALS);
  const limit = assign >= 0 ? assign : head.kind.length;
  let isStatic = false;
  let isInline = false;
  let isExtern = false;
  let isTypedef = false;
  for (let k = 0; k < Math.min(limit, 24); k++) {
    const w = word(k);
    if (w === 'static') isStatic = true;
    else if (w === 'extern') isExtern = true;
    else if (w === 'typedef') isTypedef = true;
    else if (w === 'inline' || w === '__always_inline') isInline = true;
  }
  return { text, head, limit, word, isExtern, isTypedef, flags: { static: isStatic, inline: isInline, variables: [] } };
}

/** Describes an item with the body of a struct, union or enum. */
function describeType(r: Reading, body: number, typeBody: number): Described {
  const { head, word, limit, isTypedef, flags } = r;
  let keyword = typeBody - 1;
  while (keyword >= 0 && !TAG_KEYWORDS.has(word(keyword))) keyword--;
  let tag = '';
  for (let k = keyword + 1; k < typeBody; k++) {
    if (head.kind[k] === COLON) break;
    if (head.kind[k] === WORD && head.kind[k + 1] !== OPEN_PAREN && !isAnnotation(word(k))) tag = word(k);
  }
  const declared = declaredName(head, word, typeBody + 1, limit);
  const kind = word(keyword) === 'enum' ? (isTypedef ? 'declaration' : 'other') : 'struct';
  const variables = kind === 'struct' && !isTypedef && !isAnnotation(declared) ? namesFrom(r, declared, typeBody + 1) : [];
  return { kind, name: tag || declared, bodyPos: body, ...flags, variables };
}

/** Describes an item that has neither a body nor an initialiser, and is no typedef: by its words, and its parentheses. */
function describeDeclaration(r: Reading, name: string): Described {
  const { text, head, word, limit, isExtern, flags } = r;
  let words = 0;
  let group = -1;
  for (let k = 0; k < limit; k++) {
    if (head.kind[k] === OPEN_PAREN && !isAnnotation(word(k - 1)) && word(k - 1) !== '__attribute__') {
      if (group < 0) group = k;
    } else if (head.kind[k] === WORD && !STORAGE.has(word(k)) && !QUALIFIERS.has(word(k))) words++;
  }
  if (group < 0) {
    if (words < 2) return { kind: 'other', name, bodyPos: -1, ...flags };
    const forward = words === 2 && TAG_KEYWORDS.has(word(0)) && head.kind.length <= 2;
    return isExtern || forward ? declarationOf(r, name) : variableOf(r, name);
  }
  if (head.kind[group + 1] === OPEN_PAREN && head.kind[group - 1] !== OPEN_PAREN) {
    const pointed = pointerName(text, head, 0, limit);
    if (pointed !== '') return isExtern ? declarationOf(r, pointed) : variableOf(r, pointed);
  }
  const before = word(group - 1);
  const made = madeBy(before, text.slice(head.start[group], head.end[group]));
  if (made !== null) return { ...variableOf(r, made), variables: [made] };
  const bare = words <= 1 && !head.kind.slice(0, group).includes(STAR);
  return { kind: bare ? 'other' : 'declaration', name: before, bodyPos: -1, ...flags };
}

function variableOf(r: Reading, name: string): Described {
  return { kind: 'variable', name, bodyPos: -1, ...r.flags, variables: namesFrom(r, name, 0) };
}

function declarationOf({ flags }: Reading, name: string): Described {
  return { kind: 'declaration', name, bodyPos: -1, ...flags };
}

/** All names that a declaration declares: the first, and those behind the commas from a token on. */
function namesFrom({ text, head, word }: Reading, first: string, from: number): string[] {
  return [first, ...furtherNames(text, head, word, from)].filter((name) => name !== '');
}

/**
 * Matches macros that declare a variable which others may put pages into, named by the first argument: include/linux/idr.h, xarray.h,
 * radix-tree.h.
 */
const DECLARING = /^(DEFINE_IDR|DEFINE_XARRAY\w*|RADIX_TREE)$/;

/** The variable that such a macro declares; `null` for any other macro. */
function madeBy(macro: string, group: string): string | null {
  const argument = DECLARING.test(macro) ? group.slice(1, -1).split(',')[0]?.trim() : undefined;
  return argument !== undefined && /^[A-Za-z_]\w*$/.test(argument) ? argument : null;
}

/** The names behind the first `,` of a declaration: `b` and `c` in `int a = 1, *b, c[2];`. */
function furtherNames(text: string, head: Head, word: (k: number) => string, from: number): string[] {
  const names: string[] = [];
  let inside = 0;
  let begin = -1;
  let limit = -1;
  for (let k = from; k <= head.kind.length; k++) {
    const kind = head.kind[k];
    if (kind === OPEN_BRACKET) inside++;
    else if (kind === CLOSE_BRACKET) inside--;
    else if (kind === EQUALS && limit < 0) limit = k;
    else if (k === head.kind.length || (kind === COMMA && inside === 0)) {
      const end = limit < 0 ? k : limit;
      if (begin >= 0) names.push(declaredName(head, word, begin, end) || pointerName(text, head, begin, end));
      begin = k + 1;
      limit = -1;
    }
  }
  return names;
}

/** The last word before `limit` that can be a name: no annotation, and nothing inside `[...]`. */
function declaredName(head: Head, word: (k: number) => string, from: number, limit: number): string {
  let inside = 0;
  let name = '';
  let second = '';
  for (let k = from; k < limit; k++) {
    const kind = head.kind[k]!;
    if (kind === OPEN_BRACKET) inside++;
    else if (kind === CLOSE_BRACKET) inside--;
    else if (kind === COMMA && name !== '' && inside === 0) break;
    else if (kind === WORD && inside === 0) {
      const w = word(k);
      if (QUALIFIERS.has(w) || STORAGE.has(w) || w === '__attribute__') continue;
      if (isAnnotation(w)) second = w;
      else if (head.kind[k + 1] !== OPEN_PAREN || name === '') name = w;
    }
  }
  return name !== '' ? name : second;
}

/** The name in a pointer declarator: `foo` in `int (*foo[2])(int)`. */
function pointerName(text: string, head: Head, from: number, limit: number): string {
  for (let k = from; k < limit; k++) {
    if (head.kind[k] !== OPEN_PAREN) continue;
    const m = /^\(\s*\*[\s*]*(?:const\s+)?(?:__\w+\s+)*([A-Za-z_]\w*)/.exec(
      text.slice(head.start[k]!, Math.min(head.end[k]!, head.start[k]! + 300)),
    );
    if (m !== null) return m[1]!;
  }
  return '';
}
