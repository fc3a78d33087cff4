/** One place where a name is followed by `(`. */
export interface Token {
  name: string;
  /** Of the name's first character. */
  pos: number;
}

// One alternative eats one thing of C, the earlier ones first: what they eat, the name cannot be found in.
const NEWLINE = String.raw`\r?\n`;
const JOINED = String.raw`\\${NEWLINE}`;
const BLOCK = String.raw`\/\*[^*]*(?:\*(?!\/)[^*]*)*(?:\*\/|$)`;
const LINE = String.raw`\/\/(?:\\(?:\r\n|[^])|[^\\\n])*`;
const STRING = String.raw`"(?:\\(?:\r\n|[^])|[^"\\\n])*(?:"|(?=\n)|$)`;
const CHAR = String.raw`'(?:\\(?:\r\n|[^])|[^'\\\n])*(?:'|(?=\n)|$)`;
const WORD = String.raw`[A-Za-z0-9_$\x80-\uffff]+`;
const GAP = String.raw`(?:[ \t\v\f\r\n]|${JOINED}|${BLOCK}|${LINE})*`;

/**
 * Every place where one of the names, as a whole identifier, is followed by `(`, outside of comments, strings and
 * character constants. What `#if 0` switches off counts. It shares nothing with any parser, so that the one can check
 * the other.
 */
export function countTokens(text: string, names: ReadonlySet<string>): Token[] {
  const found: Token[] = [];
  const thing = new RegExp(`${BLOCK}|${LINE}|${STRING}|${CHAR}|(${WORD})`, 'g');
  const gap = new RegExp(GAP, 'y');
  for (let match = thing.exec(text); match !== null; match = thing.exec(text)) {
    const name = match[1];
    if (name === undefined || !names.has(name)) continue;
    gap.lastIndex = thing.lastIndex;
    gap.test(text);
    if (text[gap.lastIndex] === '(') found.push({ name, pos: match.index });
  }
  return found;
}
