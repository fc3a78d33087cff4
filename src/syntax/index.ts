/** Parses C text into functions, structs and macros, with tree-sitter and knowledge of the kernel's dialect. */
export type * from './ast.js';
export { callsIn } from './calls.js';
export { parseFunction } from './functions.js';
export type { Item, ItemKind } from './items.js';
export { isFunctionLike, parseExpressionText, parseMacro, parseMacroBody } from './macrodefs.js';
export { type Outline, outline } from './outline.js';
export { printExpression, printFunction, printStatement, printStruct, printType } from './print.js';
export { parseStruct, parseTypedef } from './structs.js';
export { initSyntax } from './tree.js';
export { parseVariable } from './variables.js';
export { assumedAt } from './variants.js';
