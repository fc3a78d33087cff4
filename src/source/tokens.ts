/** One occurrence of a name. */
export interface Token {
  name: string;
  /** Offset of the name's first character. */
  pos: number;
  /** True if a `(` follows. */
  called: boolean;
}

/**
 * Returns every occurrence of one of the names as a whole identifier, outside comments, strings and character constants, also inside `#if
 * 0`. It shares no code with any parser, so that each can check the other.
 */
export function findNames(text: string, names: ReadonlySet<string>): Token[] {
  const found: Token[] = [];
  let pos = 0;
  while (pos < text.length) {
    const next = text.charCodeAt(pos);
    if (isWord(next)) {
      const start = pos;
      while (pos < text.length && isWord(text.charCodeAt(pos))) pos++;
      const name = text.slice(start, pos);
      if (names.has(name)) found.push({ name, pos: start, called: text[afterGap(text, pos)] === '(' });
    } else if (next === QUOTE || next === APOSTROPHE) pos = afterQuoted(text, pos);
    else if (next === SLASH) pos = afterComment(text, pos) ?? pos + 1;
    else pos++;
  }
  return found;
}

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const SLASH = 0x2f;
const BACKSLASH = 0x5c;

/** Letters, digits, `_`, `$`, and everything beyond ASCII. */
function isWord(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x5f ||
    code === 0x24 ||
    code >= 0x80
  );
}

/** The offset behind the comment at `pos`; `null` if none begins there. A comment without an end reaches to the end of the text. */
function afterComment(text: string, pos: number): number | null {
  if (text[pos] !== '/') return null;
  if (text[pos + 1] === '*') {
    const end = text.indexOf('*/', pos + 2);
    return end < 0 ? text.length : end + 2;
  }
  return text[pos + 1] === '/' ? lineEnd(text, pos + 2) : null;
}

/** The first line break from `pos` on without a backslash before it. */
function lineEnd(text: string, pos: number): number {
  for (let end = text.indexOf('\n', pos); end >= 0; end = text.indexOf('\n', end + 1)) {
    const before = text[end - 1] === '\r' ? end - 2 : end - 1;
    if (text[before] !== '\\') return end;
  }
  return text.length;
}

/** The offset behind the string or character constant at `pos`. A line break that is not escaped ends it too. */
function afterQuoted(text: string, pos: number): number {
  const quote = text.charCodeAt(pos);
  let at = pos + 1;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) return at + 1;
    if (code === LF) return at;
    if (code === BACKSLASH) {
      at++;
      if (text.charCodeAt(at) === CR && text.charCodeAt(at + 1) === LF) at++;
    }
  }
  return at;
}

/** The offset behind blanks, line breaks (with or without a backslash) and comments. */
function afterGap(text: string, pos: number): number {
  for (;;) {
    const code = text.charCodeAt(pos);
    if (code === 0x20 || (code >= 0x09 && code <= 0x0d)) pos++;
    else if (code === BACKSLASH && (text[pos + 1] === '\n' || text.startsWith('\r\n', pos + 1))) pos++;
    else {
      const end = afterComment(text, pos);
      if (end === null) return pos;
      pos = end;
    }
  }
}
