/**
 * The C that the analysis sees: plain tagged data, one interface a construct, independent of the parser that made it.
 *
 * Every node has `pos` and `end`: offsets into the file's text, which is decoded byte for character (latin1), so an offset
 * is also a byte offset. Preprocessor directives never appear inside a body: a function is parsed once for each
 * configuration of the `#if` groups in it (see {@link FunctionVariant}).
 */

/** Where a node stands: offsets into the file, `end` exclusive. */
export interface Span {
  pos: number;
  end: number;
}

/** A declared type, reduced to what following a reference needs. */
export interface CType {
  /** The base type's words without qualifiers: `struct page`, `unsigned long`, `kvm_pfn_t`. */
  base: string;
  /** Tag of a struct or union base (`page` for `struct page`), or `null`. */
  tag: string | null;
  /** Number of `*` of the declarator. */
  pointers: number;
  /** Text of each array dimension, outermost first; `''` for `[]`. */
  dims: string[];
}

export interface Identifier extends Span {
  kind: 'identifier';
  name: string;
}
/** Number, string, character or any constant the analysis does not look into. */
export interface Literal extends Span {
  kind: 'literal';
  text: string;
  /** The labels to which control may go from here: those of an `asm goto`. */
  jumps?: string[];
}
export interface Call extends Span {
  kind: 'call';
  callee: Expression;
  args: Expression[];
}
/** `object.field` or, with `arrow`, `object->field`. */
export interface Member extends Span {
  kind: 'member';
  object: Expression;
  field: string;
  arrow: boolean;
}
export interface Index extends Span {
  kind: 'index';
  object: Expression;
  index: Expression;
}
/** Prefix `* & ! - + ~`. */
export interface Unary extends Span {
  kind: 'unary';
  op: string;
  operand: Expression;
}
/** `++` and `--`, before or after. */
export interface Update extends Span {
  kind: 'update';
  op: '++' | '--';
  prefix: boolean;
  operand: Expression;
}
export interface Binary extends Span {
  kind: 'binary';
  op: string;
  left: Expression;
  right: Expression;
}
export interface Assign extends Span {
  kind: 'assign';
  op: string;
  left: Expression;
  right: Expression;
}
/** `test ? then : otherwise`; `then` is `null` in GNU's `a ?: b`. */
export interface Conditional extends Span {
  kind: 'conditional';
  test: Expression;
  then: Expression | null;
  otherwise: Expression;
}
export interface Comma extends Span {
  kind: 'comma';
  items: Expression[];
}
export interface Cast extends Span {
  kind: 'cast';
  type: CType;
  operand: Expression;
}
/** `sizeof`, `typeof`, `alignof`, `offsetof`: evaluates nothing. */
export interface Sizeof extends Span {
  kind: 'sizeof';
  text: string;
}
/** A type that stands where an expression may: an argument of `container_of` or `min_t`. */
export interface TypeArgument extends Span {
  kind: 'type';
  type: CType;
}
/** GNU `({ ... })`; its value is its last expression statement's. */
export interface StatementExpression extends Span {
  kind: 'statement-expression';
  body: Block;
}
/** `{ .field = value, [i] = value, value }`, also as compound literal with `type`. */
export interface InitializerList extends Span {
  kind: 'initializer';
  type: CType | null;
  items: InitializerItem[];
}
export interface InitializerItem {
  /** `.a.b` as `['a','b']`; an index designator as `'[]'`. */
  designators: string[];
  value: Expression;
}
/** What the parser could not make sense of. */
export interface UnknownExpression extends Span {
  kind: 'unknown';
  text: string;
}

export type Expression =
  | Identifier
  | Literal
  | Call
  | Member
  | Index
  | Unary
  | Update
  | Binary
  | Assign
  | Conditional
  | Comma
  | Cast
  | Sizeof
  | TypeArgument
  | StatementExpression
  | InitializerList
  | UnknownExpression;

export interface Declarator extends Span {
  name: string;
  type: CType;
  init: Expression | null;
  /**
   * What runs at the end of the scope: `x` of `__attribute__((cleanup(x)))`, and what include/linux/cleanup.h makes of `__free(x)` and of
   * `CLASS(x, name)(…)`, `__free_x` and `class_x_destructor`; or `null`.
   */
  cleanup: string | null;
  static: boolean;
}

export interface ExpressionStatement extends Span {
  kind: 'expression';
  expression: Expression;
}
export interface Declaration extends Span {
  kind: 'declaration';
  declarators: Declarator[];
}
export interface Block extends Span {
  kind: 'block';
  body: Statement[];
}
export interface If extends Span {
  kind: 'if';
  test: Expression;
  then: Statement;
  otherwise: Statement | null;
}
export interface While extends Span {
  kind: 'while';
  test: Expression;
  body: Statement;
}
export interface DoWhile extends Span {
  kind: 'do';
  test: Expression;
  body: Statement;
}
export interface For extends Span {
  kind: 'for';
  init: Expression | Declaration | null;
  test: Expression | null;
  update: Expression | null;
  body: Statement;
}
/**
 * A macro followed by a statement: `for_each_sg(sgl, sg, n, i) { … }`, `scoped_guard(mutex, &m) { … }`,
 * `list_for_each_entry(…) stmt`. Whether it loops is the protocol's knowledge, not the parser's.
 */
export interface MacroStatement extends Span {
  kind: 'macro-statement';
  name: string;
  args: Expression[];
  body: Statement;
}
export interface Switch extends Span {
  kind: 'switch';
  value: Expression;
  body: Statement;
}
/** `case value:` (or `case low ... high:`); `value` is `null` for `default:`. A marker: what follows are its siblings. */
export interface Case extends Span {
  kind: 'case';
  value: Expression | null;
}
/** `name:`. A marker: what follows are its siblings. */
export interface Label extends Span {
  kind: 'label';
  name: string;
}
export interface Goto extends Span {
  kind: 'goto';
  label: string;
}
export interface Break extends Span {
  kind: 'break';
}
export interface Continue extends Span {
  kind: 'continue';
}
export interface Return extends Span {
  kind: 'return';
  value: Expression | null;
}
export interface Empty extends Span {
  kind: 'empty';
}
/** A statement that the parser could not make sense of; what calls it holds could still be read is in `calls`. */
export interface UnknownStatement extends Span {
  kind: 'unknown-statement';
  text: string;
  calls: Call[];
}

export type Statement =
  | ExpressionStatement
  | Declaration
  | Block
  | If
  | While
  | DoWhile
  | For
  | MacroStatement
  | Switch
  | Case
  | Label
  | Goto
  | Break
  | Continue
  | Return
  | Empty
  | UnknownStatement;

/** A parameter of a function; `name` is `''` where none is given. */
export interface Parameter {
  name: string;
  type: CType;
}

/**
 * A function as it stands in one configuration of the `#if` groups that touch it. A function without such groups has one
 * variant. Together the variants show every arm at least once, and no variant joins two arms that exclude each other.
 */
export interface FunctionVariant extends Span {
  name: string;
  static: boolean;
  inline: boolean;
  returns: CType;
  params: Parameter[];
  body: Block;
  /** What was assumed: `['CONFIG_X', '!defined(Y)', 'LINUX_VERSION_CODE >= KERNEL_VERSION(5,6,0)']`; empty if nothing. */
  assumptions: string[];
  /** Where the parser met something that it could not read. */
  problems: { pos: number; why: string }[];
}

/** A struct or union member; `tag` members without a name are anonymous and their members are reached through them. */
export interface Field {
  name: string;
  type: CType;
  /** Members of an inline (tagless or tagged) struct or union body. */
  members: Field[] | null;
}
export interface StructDefinition extends Span {
  tag: string;
  union: boolean;
  fields: Field[];
}
/** A macro; `body` is the replacement text with continuation lines joined by blanks, `bodyPos` its offset. */
export interface MacroDefinition extends Span {
  name: string;
  params: string[];
  variadic: boolean;
  /** `#define NAME text`, without brackets. */
  objectLike: boolean;
  body: string;
  bodyPos: number;
  conditions: string[];
}
