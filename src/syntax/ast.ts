/**
 * The C that the analysis sees: plain tagged data, one interface per construct, independent of the parser that made it.
 *
 * Every node has `pos` and `end`: offsets into the file's text. The text is decoded one character per byte (latin1), so an offset is also a
 * byte offset. No preprocessor directive appears inside a body: a function is parsed once for each configuration of the `#if` groups in it
 * (see {@link FunctionVariant}).
 */

/** The position of a node: offsets into the file, `end` exclusive. */
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

/** `name` */
export interface Identifier extends Span {
  kind: 'identifier';
  name: string;
}
/** A number, string, character or other constant whose value is not looked at. */
export interface Literal extends Span {
  kind: 'literal';
  text: string;
  /** The labels that control may jump to from here: those of an `asm goto`. */
  jumps?: string[];
}
/** `callee(args)` */
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
/** `object[index]` */
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
/** `++` and `--`, as prefix or suffix. */
export interface Update extends Span {
  kind: 'update';
  op: '++' | '--';
  prefix: boolean;
  operand: Expression;
}
/** `left op right`, without the assignments. */
export interface Binary extends Span {
  kind: 'binary';
  op: string;
  left: Expression;
  right: Expression;
}
/** `left = right`, `left += right` and so on. */
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
/** `a, b, c` */
export interface Comma extends Span {
  kind: 'comma';
  items: Expression[];
}
/** `(type)operand` */
export interface Cast extends Span {
  kind: 'cast';
  type: CType;
  operand: Expression;
}
/** `sizeof`, `typeof`, `alignof`, `offsetof`: their operand is not evaluated. */
export interface Sizeof extends Span {
  kind: 'sizeof';
  text: string;
}
/** A type where an expression is expected: an argument of `container_of` or `min_t`. */
export interface TypeArgument extends Span {
  kind: 'type';
  type: CType;
}
/** GNU `({ ... })`; its value is that of its last statement, an expression. */
export interface StatementExpression extends Span {
  kind: 'statement-expression';
  body: Block;
}
/** `{ .field = value, [i] = value, value }`; with a `type`, a compound literal. */
export interface InitializerList extends Span {
  kind: 'initializer';
  type: CType | null;
  items: InitializerItem[];
}
/** One value of an initialiser list. */
export interface InitializerItem {
  /** `.a.b` as `['a','b']`; an index designator as `'[]'`. */
  designators: string[];
  value: Expression;
}
/** An expression that the parser could not read. */
export interface UnknownExpression extends Span {
  kind: 'unknown';
  text: string;
}

/** Any expression. */
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

/** One variable of a declaration. */
export interface Declarator extends Span {
  name: string;
  type: CType;
  init: Expression | null;
  /**
   * The function that runs at the end of the scope, or `null`: `x` for `__attribute__((cleanup(x)))`; `__free_x` for `__free(x)` and
   * `class_x_destructor` for `CLASS(x, name)(...)`, the functions that include/linux/cleanup.h defines for them.
   */
  cleanup: string | null;
  static: boolean;
}

/** `expression;` */
export interface ExpressionStatement extends Span {
  kind: 'expression';
  expression: Expression;
}
/** Declarations of local variables, `int a, *b = p;`. */
export interface Declaration extends Span {
  kind: 'declaration';
  declarators: Declarator[];
}
/** `{ ... }` */
export interface Block extends Span {
  kind: 'block';
  body: Statement[];
}
/** `if (test) then else otherwise` */
export interface If extends Span {
  kind: 'if';
  test: Expression;
  then: Statement;
  otherwise: Statement | null;
}
/** `while (test) body` */
export interface While extends Span {
  kind: 'while';
  test: Expression;
  body: Statement;
}
/** `do body while (test);` */
export interface DoWhile extends Span {
  kind: 'do';
  test: Expression;
  body: Statement;
}
/** `for (init; test; update) body` */
export interface For extends Span {
  kind: 'for';
  init: Expression | Declaration | null;
  test: Expression | null;
  update: Expression | null;
  body: Statement;
}
/**
 * A macro followed by a statement: `for_each_sg(sgl, sg, n, i) { ... }`, `scoped_guard(mutex, &m) { ... }`, `list_for_each_entry(...)
 * stmt`. The parser does not know whether it loops; `protocol/` does.
 */
export interface MacroStatement extends Span {
  kind: 'macro-statement';
  name: string;
  args: Expression[];
  body: Statement;
}
/** `switch (value) body` */
export interface Switch extends Span {
  kind: 'switch';
  value: Expression;
  body: Statement;
}
/** `case value:` or `case low ... high:`; `value` is `null` for `default:`. The statements behind it are its siblings. */
export interface Case extends Span {
  kind: 'case';
  value: Expression | null;
}
/** `name:`. The statements behind it are its siblings. */
export interface Label extends Span {
  kind: 'label';
  name: string;
}
/** `goto label;` */
export interface Goto extends Span {
  kind: 'goto';
  label: string;
}
/** `break;` */
export interface Break extends Span {
  kind: 'break';
}
/** `continue;` */
export interface Continue extends Span {
  kind: 'continue';
}
/** `return value;` */
export interface Return extends Span {
  kind: 'return';
  value: Expression | null;
}
/** A statement that does nothing: `;`, or the definition of a type. */
export interface Empty extends Span {
  kind: 'empty';
}
/** A statement that the parser could not read. `calls` has the calls in it that could be read nevertheless. */
export interface UnknownStatement extends Span {
  kind: 'unknown-statement';
  text: string;
  calls: Call[];
}

/** Any statement. */
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

/** A parameter of a function; `name` is `''` if it has none. */
export interface Parameter {
  name: string;
  type: CType;
}

/**
 * A function in one configuration of the `#if` groups that touch it. A function without such groups has one variant. Together the variants
 * show every arm at least once, and no variant joins two arms that exclude each other.
 */
export interface FunctionVariant extends Span {
  name: string;
  static: boolean;
  inline: boolean;
  returns: CType;
  params: Parameter[];
  body: Block;
  /**
   * The conditions of this configuration: `['CONFIG_X', '!defined(Y)', 'LINUX_VERSION_CODE >= KERNEL_VERSION(5,6,0)']`; empty without
   * `#if`s.
   */
  assumptions: string[];
  /** What the parser could not read. */
  problems: { pos: number; why: string }[];
}

/** A struct or union member. One without a name is anonymous, and its members are reached through the struct around it. */
export interface Field {
  name: string;
  type: CType;
  /** The members of a struct or union that is defined inline; else `null`. */
  members: Field[] | null;
}
/** A struct or union with its members. */
export interface StructDefinition extends Span {
  tag: string;
  union: boolean;
  fields: Field[];
}
/** A macro definition. `body` is the replacement text with line continuations as blanks, and `bodyPos` its offset. */
export interface MacroDefinition extends Span {
  name: string;
  params: string[];
  variadic: boolean;
  /** True for `#define NAME text`, without a parameter list. */
  objectLike: boolean;
  body: string;
  bodyPos: number;
  conditions: string[];
}
