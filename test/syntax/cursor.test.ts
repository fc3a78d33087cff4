import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Language, Parser, type Tree } from 'web-tree-sitter';
import { type Cursor, libraryCursor, startParser } from '../../src/syntax/cursor.js';

const require = createRequire(import.meta.url);
const direct = await startParser(require.resolve('web-tree-sitter/web-tree-sitter.wasm'));
const parser = new Parser();
parser.setLanguage(await Language.load(require.resolve('tree-sitter-c/tree-sitter-c.wasm')));

/** All that a cursor says of a tree, in the order in which it comes to the nodes. */
function told(cursor: Cursor, tree: Tree): number[][] {
  const said: number[][] = [];
  const node = (depth: number): void => {
    said.push([depth, cursor.typeId(), cursor.fieldId(), cursor.start(), cursor.end()]);
    if (!cursor.firstChild()) return;
    do node(depth + 1);
    while (cursor.nextSibling());
    cursor.parent();
  };
  cursor.enter(tree);
  node(0);
  cursor.leave();
  return said;
}

const piece = fc.constantFrom('if', '(', ')', '{', '}', 'x', '->', 'y', '=', ';', '0', '"\u00e9"', 'for', 'else', ',', '[', ']', '\n');

const isDirect = (cursor: Cursor): boolean => String(cursor.enter) !== String(libraryCursor().enter);

test('the cursor in memory says what the library’s says, of any text', () => {
  expect(isDirect(direct)).toBe(true);
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const tree = parser.parse(`void f(void) { ${pieces.join(' ')} }`) as Tree;
      expect(told(direct, tree)).toEqual(told(libraryCursor(), tree));
      tree.delete();
    }),
  );
});

test('a parser that somebody else has started is walked all the same', async () => {
  const late = await startParser(require.resolve('web-tree-sitter/web-tree-sitter.wasm'));
  expect(isDirect(late)).toBe(false);
  const tree = parser.parse('int f(struct page *p) { put_page(p); return 0; }') as Tree;
  expect(told(late, tree)).toEqual(told(direct, tree));
  tree.delete();
});
