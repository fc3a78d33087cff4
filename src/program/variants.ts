/** Parses functions and macros: one tree for each way through the `#if`s in them. */
import type { CType, FunctionVariant } from '../syntax/ast.js';
import { parseFunction, parseMacro, parseMacroBody } from '../syntax/index.js';
import type { AskedTree } from './asked.js';
import { definedCleanup } from './cleanup.js';
import type { FunctionReference } from './file.js';
import type { Ledger } from './ledger.js';

/** What functions are parsed from. */
interface Sources {
  tree: Pick<AskedTree, 'around'>;
  ledger: Ledger;
  /** Returns a type that names another by a typedef as the type behind it. */
  named(type: CType, file: string): CType;
}

/**
 * Makes the lookup of a function's variants, parsed when first asked for. A macro whose body is neither an expression nor statements has
 * none.
 */
export function openVariants({ tree, ledger, named }: Sources): (reference: FunctionReference) => FunctionVariant[] {
  const known = ledger.memo<FunctionVariant[]>();
  const typed = (variant: FunctionVariant, from: string): FunctionVariant => {
    if (variant.returns.tag !== null && variant.params.every((p) => p.type.tag !== null)) return variant;
    const params = variant.params.map((p) => (p.type.tag === null ? { ...p, type: named(p.type, from) } : p));
    return { ...variant, returns: named(variant.returns, from), params };
  };
  const read = (reference: FunctionReference): FunctionVariant[] =>
    parsed(tree.around(reference.file, reference.item.pos)?.facts.text ?? '', reference).map((variant) => typed(variant, reference.file));
  return (reference) => known.get(reference.key) ?? known.work(reference.key, () => read(reference));
}

/** The variants of a function in a text. */
function parsed(text: string, { item, cleanup, macro }: FunctionReference): FunctionVariant[] {
  if (cleanup) return definedCleanup(text, item, cleanup);
  if (!macro) return parseFunction(text, item);
  const body = parseMacroBody(parseMacro(text, item));
  return body ? [body] : [];
}
