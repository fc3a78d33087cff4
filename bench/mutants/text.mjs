/**
 * Just enough of C to edit it: where comments and strings are, which parentheses belong together, which statement a call is.
 * It shares no code with putright's own reading of C, so that what it says of a mutant is a second opinion. Positions are
 * offsets into the text; every function that blanks keeps them and the lines.
 */

/**
 * The text with comments, the insides of strings and characters, and `#if 0` blanked out.
 * @param {string} text
 */
export function blanked(text) {
  const plain = text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])+'/g, (piece) => spaces(piece));
  return plain.replace(/^[ \t]*#[ \t]*if[ \t]+0\b[\s\S]*?^[ \t]*#[ \t]*(?:endif|else|elif)\b/gm, (piece) => spaces(piece));
}

/** @param {string} piece */
function spaces(piece) {
  return piece.replace(/[^\n]/g, ' ');
}

/**
 * Where the bracket that is open at `at` is closed, -1 if nowhere.
 * @param {string} code blanked
 * @param {number} at
 */
export function closing(code, at) {
  let depth = 0;
  for (let i = at; i < code.length; i++) {
    const c = code[i];
    if (c === '(' || c === '[' || c === '{') depth++;
    else if ((c === ')' || c === ']' || c === '}') && --depth === 0) return i;
  }
  return -1;
}

/**
 * Where the bracket that is closed at `at` is opened, -1 if nowhere.
 * @param {string} code blanked
 * @param {number} at
 */
export function opening(code, at) {
  let depth = 0;
  for (let i = at; i >= 0; i--) {
    const c = code[i];
    if (c === ')' || c === ']' || c === '}') depth++;
    else if ((c === '(' || c === '[' || c === '{') && --depth === 0) return i;
  }
  return -1;
}

/**
 * A call expression: its name at `start`, the parentheses at `open` and `close`, its arguments as they are written.
 * @typedef {{ name: string, start: number, open: number, close: number, args: string[] }} Call
 */

/**
 * The calls of `name` that begin on a line, counted from 1.
 * @param {string} code blanked
 * @param {number} line
 * @param {string} name
 * @returns {Call[]}
 */
export function callsOn(code, line, name) {
  const from = lineStart(code, line);
  const to = code.indexOf('\n', from);
  const calls = [];
  for (const match of code.slice(from, to < 0 ? code.length : to).matchAll(new RegExp(`\\b${name}\\s*\\(`, 'g'))) {
    const start = from + match.index;
    const open = start + match[0].length - 1;
    const close = closing(code, open);
    if (close >= 0) calls.push({ name, start, open, close, args: split(code.slice(open + 1, close)) });
  }
  return calls;
}

/**
 * The pieces between the commas that stand in no bracket, trimmed.
 * @param {string} list
 */
function split(list) {
  const pieces = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < list.length; i++) {
    const c = list[i];
    if (c === '(' || c === '[' || c === '{') depth++;
    else if (c === ')' || c === ']' || c === '}') depth--;
    else if (c === ',' && depth === 0) {
      pieces.push(list.slice(from, i).trim());
      from = i + 1;
    }
  }
  pieces.push(list.slice(from).trim());
  return pieces;
}

/**
 * Where a line begins.
 * @param {string} text
 * @param {number} line from 1
 */
export function lineStart(text, line) {
  let at = 0;
  for (let n = 1; n < line; n++) {
    const newline = text.indexOf('\n', at);
    if (newline < 0) return text.length;
    at = newline + 1;
  }
  return at;
}

/**
 * @param {string} text
 * @param {number} at
 */
export function lineOf(text, at) {
  let line = 1;
  for (let i = text.indexOf('\n'); i >= 0 && i < at; i = text.indexOf('\n', i + 1)) line++;
  return line;
}

/**
 * The statement that consists of one call: from its name to its semicolon. `inner` if it is the whole body of an `if`, a loop
 * or an `else`, without braces. `null` if the call is a part of something larger.
 * @param {string} code blanked
 * @param {Call} call
 * @returns {{ start: number, end: number, inner: boolean } | null}
 */
export function statementOf(code, call) {
  const after = /^\s*;/.exec(code.slice(call.close + 1, call.close + 40));
  if (!after) return null;
  const end = call.close + 1 + after[0].length;
  let before = call.start - 1;
  while (before >= 0 && /\s/.test(code[before] ?? '')) before--;
  const c = code[before] ?? '';
  if (c === ';' || c === '{' || c === '}') return { start: call.start, end, inner: false };
  if (/(?:\belse|\bdo)$/.test(code.slice(0, before + 1).slice(-8))) return { start: call.start, end, inner: true };
  if (c === ':' && /(?:^|\n)[^\n?]*:$/.test(code.slice(Math.max(0, before - 200), before + 1)))
    return { start: call.start, end, inner: false };
  if (c !== ')') return null;
  const head = opening(code, before);
  // A cast has no word before it.
  return /\b\w+\s*$/.test(code.slice(Math.max(0, head - 60), head)) ? { start: call.start, end, inner: true } : null;
}

/**
 * The body of the function around a place, in the kernel's style: braces in column one.
 * @param {string} code blanked
 * @param {number} at
 * @returns {{ start: number, end: number } | null}
 */
export function bodyAround(code, at) {
  const start = code.lastIndexOf('\n{', at) + 1;
  if (start === 0) return null;
  const end = closing(code, start);
  return end > at ? { start, end } : null;
}

/**
 * The blocks around a place, the innermost first, without the function's own: where each begins and ends, and what stands
 * before its brace.
 * @param {string} code blanked
 * @param {{ start: number, end: number }} body
 * @param {number} at
 */
export function blocksAround(code, body, at) {
  const blocks = [];
  let depth = 0;
  for (let i = at - 1; i > body.start; i--) {
    if (code[i] === '}') depth++;
    else if (code[i] === '{' && depth-- === 0) {
      depth = 0;
      const head = code.slice(Math.max(body.start, i - 300), i).trimEnd();
      const open = head.endsWith(')') ? opening(head, head.length - 1) : -1;
      const word = open > 0 ? (/(\w+)\s*$/.exec(head.slice(0, open))?.[1] ?? '') : (/(\w+)$/.exec(head)?.[1] ?? '');
      blocks.push({ start: i, end: closing(code, i), word });
    }
  }
  return blocks;
}

/**
 * The labels of a body, in their order, with the place behind the colon.
 * @param {string} code blanked
 * @param {{ start: number, end: number }} body
 */
export function labelsIn(code, body) {
  const text = code.slice(body.start, body.end);
  return [...text.matchAll(/^[ \t]*([A-Za-z_]\w*)[ \t]*:(?!:)/gm)]
    .filter((m) => m[1] !== 'default')
    .map((m) => ({ name: /** @type {string} */ (m[1]), at: body.start + m.index, end: body.start + m.index + m[0].length }));
}

/**
 * The text with a piece replaced, its lines unmoved: as many newlines as the piece had follow the replacement.
 * @param {string} text
 * @param {number} start
 * @param {number} end
 * @param {string} by without newlines
 */
export function replaced(text, start, end, by) {
  const newlines = text.slice(start, end).replace(/[^\n]/g, '');
  return text.slice(0, start) + by + newlines + text.slice(end);
}
