/** Functions and macros as syntax: one tree for each way through the `#if`s in them. */
import type { FunctionVariant } from '../syntax/ast.js';
import { parseFunction, parseMacro, parseMacroBody } from '../syntax/index.js';
import type { FileFacts, FunctionReference } from './file.js';
import { definedFree } from './free.js';
import type { Ledger } from './ledger.js';

/** What functions are parsed from. */
interface Sources {
  ledger: Ledger;
  file(name: string): FileFacts | null;
}

/** Parses functions when they are first asked for; a macro that is no expression and no statements has no variant. */
export function openVariants({ ledger, file }: Sources): (reference: FunctionReference) => FunctionVariant[] {
  const known = ledger.memo<FunctionVariant[]>();
  return (reference) => known.get(reference.key) ?? known.work(reference.key, () => parsed(file(reference.file)?.text ?? '', reference));
}

/** The variants of a function that stands in a text. */
function parsed(text: string, { item, free, macro }: FunctionReference): FunctionVariant[] {
  if (free) return definedFree(text, item, free);
  if (!macro) return parseFunction(text, item);
  const body = parseMacroBody(parseMacro(text, item));
  return body ? [body] : [];
}
