/**
 * A cursor over the parser's tree that is asked directly in WebAssembly's memory. The library's own cursor copies its state in and out for
 * each question, which takes longer than the answers. It is used where the library's inside cannot be reached.
 */
import { readFileSync } from 'node:fs';
import { Parser, type Tree, type TreeCursor } from 'web-tree-sitter';

/** Walks one tree at a time. Between `enter` and `leave` nothing else may call the library. */
export interface Cursor {
  /** Moves to the root of a tree. */
  enter(tree: Tree): void;
  /** Returns the number of the node's type. */
  typeId(): number;
  /** Returns the number of the field that the node is in; 0 if it is in none. */
  fieldId(): number;
  /** Return the node's offsets in the text. */
  start(): number;
  end(): number;
  /** Moves; if there is no such node, returns false and stays. */
  firstChild(): boolean;
  nextSibling(): boolean;
  parent(): void;
  leave(): void;
}

/** The part of JavaScript's WebAssembly that is used here. Its types come with the browser's, which Node's types leave out. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: unknown };
};

/**
 * The functions of the library's WebAssembly that are called. Each takes a tree's address; the node or cursor meant is in one fixed place
 * of its memory.
 */
const CALLS = [
  'ts_tree_root_node_wasm',
  'ts_tree_cursor_new_wasm',
  'ts_tree_cursor_delete_wasm',
  'ts_tree_cursor_current_node_type_id_wasm',
  'ts_tree_cursor_current_field_id_wasm',
  'ts_tree_cursor_start_index_wasm',
  'ts_tree_cursor_end_index_wasm',
  'ts_tree_cursor_goto_first_child_wasm',
  'ts_tree_cursor_goto_next_sibling_wasm',
  'ts_tree_cursor_goto_parent_wasm',
] as const;

type Calls = Record<(typeof CALLS)[number], (tree: number) => number>;

/** Starts the library with its WebAssembly in `file`, unless this process has started it already. */
export async function startParser(file: string): Promise<Cursor> {
  let exports: Partial<Calls> = {};
  await Parser.init({
    instantiateWasm(imports: object, done: (instance: object, module: object) => void): object {
      const module = new WebAssembly.Module(readFileSync(file));
      const instance = new WebAssembly.Instance(module, imports);
      exports = instance.exports as Partial<Calls>;
      done(instance, module);
      return exports;
    },
  });
  return CALLS.every((name) => exports[name] !== undefined) ? directCursor(exports as Calls) : libraryCursor();
}

function directCursor(calls: Calls): Cursor {
  let address = 0;
  return {
    enter(tree) {
      address = (tree as unknown as { 0: number })[0];
      calls.ts_tree_root_node_wasm(address);
      calls.ts_tree_cursor_new_wasm(address);
    },
    typeId: () => calls.ts_tree_cursor_current_node_type_id_wasm(address),
    fieldId: () => calls.ts_tree_cursor_current_field_id_wasm(address),
    start: () => calls.ts_tree_cursor_start_index_wasm(address),
    end: () => calls.ts_tree_cursor_end_index_wasm(address),
    firstChild: () => calls.ts_tree_cursor_goto_first_child_wasm(address) === 1,
    nextSibling: () => calls.ts_tree_cursor_goto_next_sibling_wasm(address) === 1,
    parent: () => {
      calls.ts_tree_cursor_goto_parent_wasm(address);
    },
    leave: () => {
      calls.ts_tree_cursor_delete_wasm(address);
    },
  };
}

/** Makes a cursor from the library's own. */
export function libraryCursor(): Cursor {
  let cursor: TreeCursor;
  return {
    enter(tree) {
      cursor = tree.walk();
    },
    typeId: () => cursor.nodeTypeId,
    fieldId: () => cursor.currentFieldId,
    start: () => cursor.startIndex,
    end: () => cursor.endIndex,
    firstChild: () => cursor.gotoFirstChild(),
    nextSibling: () => cursor.gotoNextSibling(),
    parent: () => {
      cursor.gotoParent();
    },
    leave: () => cursor.delete(),
  };
}
