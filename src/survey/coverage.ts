/**
 * Accounts for every acquiring name that is followed by a parenthesis or used as a value. A scanner that shares no code with the parser
 * finds them.
 */

import type { WholeFile } from '../program/file.js';
import type { CallOperation } from '../program/graph.js';
import type { Program } from '../program/program.js';
import { acquires } from '../protocol/index.js';
import { findNames, type Token } from '../source/index.js';
import type { Item } from '../syntax/index.js';
import type { Coverage } from './row.js';
import type { Site } from './sites.js';

const names: ReadonlySet<string> = new Set(acquires.keys());

/** True if the function has a variable or parameter of that name. */
function isLocal(program: Program, facts: WholeFile, item: Item, name: string): boolean {
  const reference = facts.functions.find((f) => f.item === item);
  return reference !== undefined && program.graphs(reference).some((g) => g.types.has(name));
}

/** True if the whole function could be read, and has no `#if` variants: then a token in it that is no row is putright's mistake. */
function isRead(program: Program, facts: WholeFile, item: Item): boolean {
  const reference = facts.functions.find((f) => f.item === item);
  return reference !== undefined && program.variants(reference).every((v) => v.problems.length === 0 && v.assumptions.length === 0);
}

/**
 * True for a name that is used as a value, not called: assigned to a pointer, passed to a call or a macro. A call through that is not
 * followed. Exporting a symbol does not count, nor does a member or a variable of that name.
 */
function isGiven({ text }: WholeFile, { name, pos }: Token): boolean {
  const before = text.slice(Math.max(0, pos - nearby), pos);
  const after = text.slice(pos + name.length, pos + name.length + nearby);
  return /(?:[=,(&?:{]|\breturn)\s*$/.test(before) && !/\bEXPORT_\w+\s*\(\s*$/.test(before) && /^\s*[,;)}:?]/.test(after);
}

/** The positions at which a call of a macro is given the name of what it calls. */
function namedIn({ name, written }: CallOperation): number[] {
  return (written?.expressions ?? []).flatMap((e) => (e.kind === 'identifier' && e.name === name ? [e.pos] : []));
}

/** How much text around a name shows what it is used for. */
const nearby = 80;

/** True for a macro whose uses are rows of what it calls, or that is followed as a function. */
function isFollowed(program: Program, facts: WholeFile, macro: Item): boolean {
  const reference = facts.functions.find((f) => f.item.pos === macro.pos);
  return !reference || program.isAlias(reference) || program.variants(reference).length > 0;
}

/** Returns what each token of a file turned out to be. */
export function coverageOf(program: Program, file: string, sites: readonly Site[]): Coverage {
  const rows = new Set(sites.flatMap(({ call }) => [call.pos, ...namedIn(call)]));
  const coverage: Coverage = { tokens: 0, rows: sites.length, declarations: [], gaps: [], unaccounted: [] };
  const facts = program.file(file);
  if (!facts) return coverage;
  for (const token of findNames(facts.text, names)) {
    if (token.called) coverage.tokens++;
    else if (!isGiven(facts, token)) continue;
    if (rows.has(token.pos)) continue;
    const place = { file, ...program.position(file, token.pos), name: token.name };
    const holds = (i: Item): boolean => token.pos >= i.pos && token.pos < i.end;
    const item = facts.innerMacros.find(holds) ?? facts.items.find(holds);
    const own = facts.byName.get(token.name);
    if (!token.called) {
      const isOther = own?.some((f) => f.static || f.macro) || (item?.kind === 'function' && isLocal(program, facts, item, token.name));
      if (!isOther && item?.kind !== 'macro')
        coverage.gaps.push({ ...place, why: 'is used as a function pointer here, and calls through it are not followed' });
    } else if (item?.kind === 'macro' && !isFollowed(program, facts, item))
      coverage.gaps.push({ ...place, why: 'is in a macro whose body could not be read by itself' });
    else if (item?.kind === 'macro') coverage.declarations.push({ ...place, use: 'macro' });
    else if (item?.kind === 'function' && item.name === token.name && (item.bodyPos < 0 || token.pos < item.bodyPos))
      coverage.declarations.push({ ...place, use: 'definition' });
    else if (item?.kind === 'declaration' || (item?.kind === 'other' && item.bodyPos < 0))
      coverage.declarations.push({ ...place, use: 'declaration' });
    else if (
      own?.some((f) => f.static || f.macro) ||
      (item?.kind === 'function' &&
        (/(\.|->)\s*$/.test(facts.text.slice(Math.max(0, token.pos - 8), token.pos)) || isLocal(program, facts, item, token.name)))
    )
      coverage.declarations.push({ ...place, use: 'own' });
    else if (item?.kind !== 'function') coverage.gaps.push({ ...place, why: 'is outside any function, or in #if 0' });
    else if (isRead(program, facts, item)) coverage.unaccounted.push(place);
    else coverage.gaps.push({ ...place, why: 'is where the parser could not read a call' });
  }
  return coverage;
}

/** Returns the coverage of several files as one. */
export function sumOf(parts: readonly Coverage[]): Coverage {
  const sum = (count: (part: Coverage) => number): number => parts.reduce((all, part) => all + count(part), 0);
  return {
    tokens: sum((part) => part.tokens),
    rows: sum((part) => part.rows),
    declarations: parts.flatMap((part) => part.declarations),
    gaps: parts.flatMap((part) => part.gaps),
    unaccounted: parts.flatMap((part) => part.unaccounted),
  };
}
