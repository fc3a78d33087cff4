/** Cheap looks at a function's text, before it is parsed: which struct's field does a `path->field` name? */
import { memberText } from './patterns.js';

/** Looks up the tag of a struct's member; `null` if the member is no struct or not known. */
export type MemberTag = (tag: string, member: string) => string | null;

/**
 * False if every `path->field` in a function's text begins with a name that the text declares as a struct, or a pointer to one, and leads
 * through the structs' members to a struct with another tag. Where the text does not show it, the answer is true, and the types decide
 * later.
 */
export function mayMean(text: string, field: string, tag: string, memberTag: MemberTag): boolean {
  const declared = declaredStructs(text);
  for (const match of text.matchAll(new RegExp(memberText(field), 'g'))) {
    const names = chainBefore(text, match.index);
    let tags: readonly (string | null)[] = (names ? declared.get(names[0] ?? '') : initialised(text, match.index, declared)) ?? [null];
    for (const name of names?.slice(1) ?? []) tags = tags.map((t) => t && memberTag(t, name));
    if (tags.some((t) => t === null || t === tag)) return true;
  }
  return false;
}

/** The struct tags with which a text declares each name; several where scopes differ. */
function declaredStructs(text: string): Map<string, string[]> {
  const declared = new Map<string, string[]>();
  for (const match of text.matchAll(/\bstruct\s+(\w+)\s+/g)) {
    for (const name of declarators(text, match.index + match[0].length)) {
      const tags = declared.get(name);
      if (tags) tags.push(match[1] as string);
      else declared.set(name, [match[1] as string]);
    }
  }
  return declared;
}

const declarator = /\s*(?:const\b\s*)?\**\s*(?:const\s+)?([A-Za-z_]\w*)\s*(?:\[[^[\]]*\]\s*)*/y;

/** The names that are declared from a position on: `*a, b[4] = {...}, *c`. A parameter list ends at the type of the next parameter. */
function declarators(text: string, at: number): string[] {
  const names: string[] = [];
  for (let i = at; ; i++) {
    declarator.lastIndex = i;
    const name = declarator.exec(text)?.[1];
    i = declarator.lastIndex;
    if (name === undefined) return names;
    const next = text[i] ?? '';
    if (names.length === 0 ? next !== '*' && next !== '(' : ',;='.includes(next)) names.push(name);
    if (next === '=') i = initialiserEnd(text, i);
    if (text[i] !== ',') return names;
  }
}

/** Position of the `,` or `;` behind an initialiser. */
function initialiserEnd(text: string, from: number): number {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    const c = text[i] as string;
    if ('([{'.includes(c)) depth++;
    else if (')]}'.includes(c)) depth--;
    if (depth < 0 || (depth === 0 && (c === ',' || c === ';'))) return i;
  }
  return text.length;
}

/** The names of the path `a->b[i].c` that ends before `end`; `null` if it has anything but names and indexes. */
function chainBefore(text: string, end: number): string[] | null {
  const names: string[] = [];
  for (let i = end; ; ) {
    i = blanksBefore(text, i);
    while (text[i - 1] === ']') {
      i = openBefore(text, i - 1, '[', ']');
      if (i < 0) return null;
      i = blanksBefore(text, i);
    }
    const start = wordBefore(text, i);
    if (start === i || /\d/.test(text[start] as string)) return null;
    names.unshift(text.slice(start, i));
    i = blanksBefore(text, start);
    if (text[i - 1] === '.' && text[i - 2] !== '.') i -= 1;
    else if (text[i - 1] === '>' && text[i - 2] === '-') i -= 2;
    else return names;
  }
}

/** The tags of the struct that a designated initialiser, `.field` at `at`, is for; `undefined` if the text does not show it. */
function initialised(text: string, at: number, declared: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const before = text[blanksBefore(text, at) - 1];
  if (text[at] !== '.' || (before !== '{' && before !== ',')) return undefined;
  const open = openBefore(text, at, '{', '}');
  const end = open < 0 ? 0 : blanksBefore(text, open);
  if (text[end - 1] === ')') {
    const type = /^\(\s*struct\s+(\w+)\s*\)$/.exec(text.slice(openBefore(text, end - 1, '(', ')'), end));
    return type ? [type[1] as string] : undefined;
  }
  if (text[end - 1] !== '=') return undefined;
  const name = blanksBefore(text, end - 1);
  return declared.get(text.slice(wordBefore(text, name), name));
}

function blanksBefore(text: string, end: number): number {
  let i = end;
  while (i > 0 && text.charCodeAt(i - 1) <= 0x20) i--;
  return i;
}

function wordBefore(text: string, end: number): number {
  let i = end;
  while (i > 0 && /\w/.test(text[i - 1] as string)) i--;
  return i;
}

/** Position of the bracket that is still open before `end`; -1 if there is none. */
function openBefore(text: string, end: number, open: string, close: string): number {
  for (let i = end - 1, depth = 0; i >= 0; i--) {
    if (text[i] === close) depth++;
    else if (text[i] === open && depth-- === 0) return i;
  }
  return -1;
}
