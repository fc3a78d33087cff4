/** Parses global variables. */
import type { Declarator } from './ast.js';
import { MAX_BRACKETS, MAX_ITEM, parseBody } from './body.js';
import { parseCondition } from './conditions.js';
import type { Item } from './items.js';
import { isPunct, tokenize } from './tokens.js';
import { readDeclaration } from './types.js';
import { activeTexts } from './variants.js';

type Declaration = Pick<Item, 'pos' | 'end' | 'conditions'>;

/**
 * Returns the variables that an item declares, with their initialisers; also that of `struct x { ... } name;`. A variable that differs
 * between configurations is listed once for each form.
 */
export function parseVariable(text: string, item: Declaration): Declarator[] {
  if (item.end - item.pos > MAX_ITEM) return [];
  const found: Declarator[] = [];
  const seen = new Set<string>();
  for (const active of activeTexts(text.slice(item.pos, item.end), item.conditions.map(parseCondition))) {
    for (const declarator of parseActive(active.text, item)) {
      const key = `${declarator.name} ${declarator.init === null ? '' : JSON.stringify(declarator.init)}`;
      if (seen.has(key)) continue;
      seen.add(key);
      found.push(declarator);
    }
  }
  return found;
}

function parseActive(own: string, item: Declaration): Declarator[] {
  const t = tokenize(own);
  if (t.count === 0 || t.depth > MAX_BRACKETS) return [];
  const { spec, declarators } = readDeclaration(t, 0, t.count);
  if (declarators.every((d) => d.init === null)) {
    return declarators.map((d) => ({
      name: d.name,
      type: d.type,
      init: null,
      cleanup: d.cleanup,
      static: spec.static,
      pos: d.pos + item.pos,
      end: d.end + item.pos,
    }));
  }
  // Parsed as the only declaration of a block.
  const closing = isPunct(t, t.count - 1, ';') ? '' : ';';
  const wrapped = tokenize(`{${own}${closing}\n}`);
  const block = parseBody(wrapped, 0, wrapped.count - 1, item.pos - 1, []);
  for (const statement of block.body) if (statement.kind === 'declaration') return statement.declarators;
  return [];
}
