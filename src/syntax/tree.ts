/** The tree-sitter parser: loaded once, run on one item at a time. One cursor walk reads its tree into plain objects. */
import { createRequire } from 'node:module';
import { Language, Parser } from 'web-tree-sitter';
import { type Cursor, startParser } from './cursor.js';

/** A node of the parser's tree. */
export interface Node {
  /** The node type's name in the grammar; `ERROR` for what could not be parsed. */
  type: string;
  /** Name of the parent's field that it is in, or `''`. */
  field: string;
  start: number;
  end: number;
  kids: Node[];
  /** True for grammar rules, false for tokens such as `(`. */
  named: boolean;
  /** How many of its children are grammar rules. */
  rules: number;
  /** True if there is an error here or below. */
  broken: boolean;
}

interface Loaded {
  parser: Parser;
  cursor: Cursor;
  types: string[];
  fields: (string | null)[];
  named: Uint8Array;
}

let loaded: Loaded | null = null;
let loading: Promise<void> | null = null;

/** Loads the grammar. Further calls return the same promise. */
export function initSyntax(): Promise<void> {
  loading ??= load();
  return loading;
}

async function load(): Promise<void> {
  const require = createRequire(import.meta.url);
  const cursor = await startParser(require.resolve('web-tree-sitter/web-tree-sitter.wasm'));
  const language = await Language.load(require.resolve('tree-sitter-c/tree-sitter-c.wasm'));
  const parser = new Parser();
  parser.setLanguage(language);
  const named = new Uint8Array(language.types.length);
  for (let id = 0; id < language.types.length; id++) named[id] = language.nodeTypeIsNamed(id) ? 1 : 0;
  loaded = { parser, cursor, types: language.types, fields: language.fields, named };
}

/**
 * A parse is given up after this many steps of the parser, each of some hundred tokens: after some seconds. Steps are counted, not time, so
 * that a tree gives the same rows on a slow machine. Plain code of a megabyte takes a fifth of them.
 */
const PATIENCE = 100_000;

/** Node types whose children are not read: their text says everything, or is read again from tokens. */
const LEAVES = new Set([
  'identifier',
  'field_identifier',
  'type_identifier',
  'statement_identifier',
  'number_literal',
  'primitive_type',
  'true',
  'false',
  'null',
  'string_literal',
  'concatenated_string',
  'char_literal',
  'type_descriptor',
  'parameter_list',
  'pointer_declarator',
  'array_declarator',
  'function_declarator',
  'struct_specifier',
  'union_specifier',
  'enum_specifier',
  'sized_type_specifier',
  'storage_class_specifier',
  'type_qualifier',
  'sizeof_expression',
]);

/** Node types whose children need no field names. The children of all others are found by field. */
const PLAIN = new Set([
  'compound_statement',
  'argument_list',
  'parenthesized_expression',
  'expression_statement',
  'initializer_list',
  'return_statement',
  'translation_unit',
  'declaration',
  'else_clause',
  'break_statement',
  'continue_statement',
]);

/**
 * Node types whose children that are rules are in these fields, in this order. Asking the cursor for a field costs as much as moving it.
 */
const FIELDS = new Map<string, readonly string[]>([
  ['call_expression', ['function', 'arguments']],
  ['field_expression', ['argument', 'field']],
  ['binary_expression', ['left', 'right']],
  ['assignment_expression', ['left', 'right']],
  ['subscript_expression', ['argument', 'index']],
  ['pointer_expression', ['argument']],
  ['unary_expression', ['argument']],
  ['update_expression', ['argument']],
  ['init_declarator', ['declarator', 'value']],
  ['cast_expression', ['type', 'value']],
  ['comma_expression', ['left', 'right']],
  ['if_statement', ['condition', 'consequence', 'alternative']],
  ['while_statement', ['condition', 'body']],
  ['switch_statement', ['condition', 'body']],
  ['goto_statement', ['label']],
]);

/** Tokens that add nothing to the tree: they are not read unless the tree is broken. */
const SILENT = new Set([
  '(',
  ')',
  '{',
  '}',
  '[',
  ']',
  ',',
  ';',
  '?',
  '"',
  "'",
  'if',
  'else',
  'while',
  'for',
  'do',
  'switch',
  'case',
  'default',
  'return',
  'break',
  'continue',
  'goto',
]);

/**
 * Parses `text`; `null` if that takes too many steps.
 * @throws if {@link initSyntax} was not awaited
 */
export function parseTree(text: string): Node | null {
  if (loaded === null) throw new Error('putright: initSyntax() must be awaited before a function can be parsed');
  const { parser, cursor } = loaded;
  let steps = 0;
  const tree = parser.parse(text, null, { progressCallback: () => ++steps > PATIENCE });
  if (tree === null) {
    parser.reset();
    return null;
  }
  const careful = tree.rootNode.hasError;
  cursor.enter(tree);
  const root = readNode(loaded, null, careful);
  if (root !== null) {
    root.broken = careful;
    readKids(loaded, root, careful);
  }
  cursor.leave();
  tree.delete();
  return root;
}

/** Reads everything below the root, which the cursor is on. */
function readKids(grammar: Loaded, root: Node, careful: boolean): void {
  const { cursor } = grammar;
  // The last of `open` is the rule whose children are being read; the cursor is on one of them.
  const open: Node[] = [root];
  let down = cursor.firstChild();
  while (open.length > 0) {
    const parent = open.at(-1)!;
    if (down) {
      const kid = readNode(grammar, parent, careful);
      if (kid !== null) {
        parent.kids.push(kid);
        if (kid.named && (careful || !LEAVES.has(kid.type)) && cursor.firstChild()) {
          open.push(kid);
          continue;
        }
        if (kid.broken) parent.broken = true;
      }
      down = cursor.nextSibling();
      continue;
    }
    open.pop();
    const above = open.at(-1);
    if (above !== undefined) {
      cursor.parent();
      if (parent.broken) above.broken = true;
      down = cursor.nextSibling();
    }
  }
}

/**
 * Reads the node that the cursor is on, a child of `parent`; `null` for a token that adds nothing.
 * @param careful true in a tree with an error
 */
function readNode(grammar: Loaded, parent: Node | null, careful: boolean): Node | null {
  const { cursor, types, named } = grammar;
  const id = cursor.typeId();
  const isError = id >= types.length;
  const isNamed = isError || named[id] === 1;
  const type = isError ? 'ERROR' : types[id]!;
  if (!careful && !isNamed && SILENT.has(type)) return null;
  const field = parent !== null && (isNamed || careful) ? fieldIn(grammar, parent, careful) : '';
  const start = cursor.start();
  // The type of a token is its text; only in a broken tree can the text be missing.
  const end = isNamed || careful ? cursor.end() : start + type.length;
  if (parent !== null && isNamed) parent.rules++;
  return { type, field, start, end, kids: [], named: isNamed, rules: 0, broken: isError || (careful && start === end) };
}

/**
 * The field of `parent` that the cursor's node is in, or `''`. In a broken tree the field is asked for, as rules may be missing before it.
 */
function fieldIn({ cursor, fields }: Loaded, parent: Node, careful: boolean): string {
  if (PLAIN.has(parent.type)) return '';
  const order = careful ? undefined : FIELDS.get(parent.type);
  if (order !== undefined) return order[parent.rules] ?? '';
  const id = cursor.fieldId();
  return id === 0 ? '' : fields[id]!;
}
