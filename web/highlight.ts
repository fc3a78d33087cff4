/** C in colours: enough to read an excerpt by, which may begin anywhere. */

/** A stretch of code of one colour. */
export type Token = { kind: 'plain' | 'comment' | 'text' | 'number' | 'keyword' | 'call' | 'directive'; text: string };

const KEYWORDS = new Set(
  'auto break case char const continue default do double else enum extern float for goto if inline int long register return short signed sizeof static struct switch typedef union unsigned void volatile while bool true false NULL'.split(
    ' ',
  ),
);

const PIECES =
  /(?<comment>\/\/.*|\/\*.*?(?:\*\/|$))|(?<text>"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?)|(?<number>\b(?:0[xX][\da-fA-F]+|\d[\w.]*))|(?<word>[A-Za-z_]\w*)|(?<plain>[^\w"'/]+|.)/gu;

function tokensOf(line: string): Token[] {
  if (/^\s*#/.test(line)) {
    const end = /^\s*#\s*\w*/.exec(line)?.[0].length ?? 0;
    return [{ kind: 'directive', text: line.slice(0, end) }, ...pieces(line.slice(end))];
  }
  return pieces(line);
}

function pieces(line: string): Token[] {
  return [...line.matchAll(PIECES)].map((match): Token => {
    const text = match[0];
    const { comment, text: quoted, number, word } = match.groups ?? {};
    if (comment !== undefined) return { kind: 'comment', text };
    if (quoted !== undefined) return { kind: 'text', text };
    if (number !== undefined) return { kind: 'number', text };
    if (word === undefined) return { kind: 'plain', text };
    if (KEYWORDS.has(word)) return { kind: 'keyword', text };
    return { kind: line.charAt((match.index ?? 0) + text.length) === '(' ? 'call' : 'plain', text };
  });
}

/** The tokens of each line; their texts together are the line. */
export function highlight(lines: readonly string[]): Token[][] {
  // An excerpt may begin inside a comment: what closes before anything opens was open.
  const first = lines.findIndex((line) => line.includes('*/') || line.includes('/*'));
  const closing = lines[first] ?? '';
  let open = first >= 0 && closing.includes('*/') && !(closing.includes('/*') && closing.indexOf('/*') < closing.indexOf('*/'));
  return lines.map((line) => {
    const tokens: Token[] = [];
    let rest = line;
    if (open) {
      const end = rest.indexOf('*/');
      if (end < 0) return [{ kind: 'comment', text: rest }];
      tokens.push({ kind: 'comment', text: rest.slice(0, end + 2) });
      rest = rest.slice(end + 2);
    }
    const more = tokensOf(rest);
    const last = more[more.length - 1];
    open = last?.kind === 'comment' && last.text.startsWith('/*') && !(last.text.length >= 4 && last.text.endsWith('*/'));
    return [...tokens, ...more];
  });
}
