/** Lets a short count through: the comparison with what was asked for becomes one that only an error fails. */
import { bodyAround, closing } from './text.mjs';

/** @typedef {import('./make.mjs').Edit} Edit */

/**
 * The comparisons of a call's result with anything but a constant: of the call itself, or of the variable that it is assigned
 * to, up to where that is set again.
 * @param {string} code blanked
 * @param {import('./text.mjs').Call} call
 * @returns {Edit[]}
 */
export function shortCounts(code, call) {
  const body = bodyAround(code, call.start);
  if (!body || isOne(call)) return [];
  // iov_iter calls count bytes and may always stop early; only a test for exactly so many is one for all.
  const all = call.name.startsWith('iov_iter') ? /!=|==/ : /./;
  const own = comparison(code, call.close + 1, call.start);
  if (own) return all.test(own.about) ? [own] : [];
  const variable = /([A-Za-z_][\w.\->]*)\s*=\s*$/.exec(code.slice(Math.max(body.start, call.start - 80), call.start))?.[1];
  if (!variable) return [];
  const name = variable.replace(/[.\->]/g, '\\$&');
  const rest = code.slice(call.close + 1, body.end);
  const until = rest.search(new RegExp(`(?<![\\w.>])${name}\\s*=[^=]`));
  const part = rest.slice(0, afterBranch(rest, until));
  const edits = [];
  for (const use of part.matchAll(new RegExp(`(?<![\\w.>])${name}(?![\\w.[(]|->)`, 'g'))) {
    const at = call.close + 1 + use.index;
    const edit = comparison(code, at + variable.length, at) ?? turned(code, at, variable);
    if (edit && all.test(edit.about)) edits.push(edit);
  }
  return edits;
}

/**
 * A count of one is never short: gup gives an error rather than zero (the comment of get_user_pages() in mm/gup.c). The
 * `_only` calls may give zero.
 * @param {import('./text.mjs').Call} call
 */
function isOne({ name, args }) {
  return !/_only$|iov_iter/.test(name) && args[name.includes('remote') ? 2 : 1]?.trim() === '1';
}

/**
 * Where the part ends in which the variable still has the result: an assignment in a branch that leaves does not end it.
 * @param {string} rest
 * @param {number} until
 */
function afterBranch(rest, until) {
  if (until < 0) return rest.length;
  const open = rest.lastIndexOf('{', until);
  const leaves =
    open >= 0 && rest.indexOf('}', open) > until && /(?:goto\s+\w+|return[^;]*);\s*$/.test(rest.slice(open, closing(rest, open)));
  return leaves ? rest.length : until;
}

/**
 * `VALUE != n`, `VALUE < n`, `VALUE == n`, `VALUE >= n`, the value ending at `at`.
 * @param {string} code
 * @param {number} at
 * @param {number} start where the value begins
 * @returns {Edit | null}
 */
function comparison(code, at, start) {
  const operator = /^\s*(!=|<=?|==|>=?)(?![<>=])\s*/.exec(code.slice(at, at + 20));
  if (!operator) return null;
  const from = at + operator[0].length;
  const to = endOfOperand(code, from);
  const other = code.slice(from, to).trim();
  if (isConstant(other) || !['!=', '<', '==', '>='].includes(operator[1] ?? '')) return null;
  const by = ` ${operator[1] === '!=' || operator[1] === '<' ? '<' : '>='} 0`;
  return {
    start: at,
    end: from + code.slice(from, to).trimEnd().length,
    by,
    about: `${code.slice(start, to).replace(/\s+/g, ' ').trim().slice(0, 80)}: only an error is`,
  };
}

/**
 * `n != VALUE`, `n > VALUE`.
 * @param {string} code
 * @param {number} at where the value begins
 * @param {string} variable
 * @returns {Edit | null}
 */
function turned(code, at, variable) {
  const before = /([A-Za-z_][\w.\->]*)\s*(!=|>)\s*$/.exec(code.slice(Math.max(0, at - 80), at));
  if (!before || isConstant(before[1] ?? '')) return null;
  const start = at - before[0].length;
  const end = at + variable.length;
  return { start, end, by: `${variable} < 0`, about: `${code.slice(start, end).replace(/\s+/g, ' ')}: only an error is` };
}

/** @param {string} text */
function isConstant(text) {
  return text === '' || /^-?\s*(?:0|1|E[A-Z]+|NULL|true|false)$/.test(text);
}

/**
 * Where an operand ends that begins at `from`: before a closing parenthesis, a `&&`, a `||` or a `?`.
 * @param {string} code
 * @param {number} from
 */
function endOfOperand(code, from) {
  for (let i = from; i < code.length; i++) {
    const c = code[i];
    if (c === '(' || c === '[') i = closing(code, i);
    else if (
      c === ')' ||
      c === ';' ||
      c === '?' ||
      c === ',' ||
      c === '{' ||
      (c === '&' && code[i + 1] === '&') ||
      (c === '|' && code[i + 1] === '|')
    )
      return i;
  }
  return from;
}
