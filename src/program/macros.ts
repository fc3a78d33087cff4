/** Which macros a name can mean in a file. */
import type { FunctionReference, Shell } from './file.js';

/** A file's macros of a name, with parameters first; `null` if the name is not defined there at all. */
export function macrosOf(facts: Shell | null, name: string): FunctionReference[] | null {
  const defined = [...(facts?.byName.get(name) ?? []), ...(facts?.objectMacros().get(name) ?? [])];
  return defined.length > 0 ? defined.filter((r) => r.macro) : null;
}

/** The macros of a file that are another name for a function. */
export function otherNames(facts: Shell | null, name: string): FunctionReference[] {
  const stands = new RegExp(`^[ \\t]*#\\s*define[ \\t]+\\w+[ \\t]+${name}[ \\t]*(?:$|/[*/])`, 'm');
  if (!facts || !stands.test(facts.outside)) return [];
  const macros = [...facts.objectMacros().values()].flat();
  return macros.filter(({ item }) => stands.test(facts.outside.slice(item.pos, item.end)));
}

/** What macros are looked up in. */
interface Sources {
  shell(name: string): Shell | null;
  /** A driver's own headers that a file includes. */
  quotedHeaders(file: string): readonly string[];
  directivesIn(file: string): { defines: ReadonlySet<string> };
  /** Macros of any header that stand for calls of the tables. */
  aliases: readonly FunctionReference[];
}

/** Asks for the macros of a name that a file can mean: its own, then those of headers. */
export function macroFinder({ shell, quotedHeaders, directivesIn, aliases }: Sources): (name: string, from: string) => FunctionReference[] {
  function macros(name: string, from: string): FunctionReference[] {
    const facts = shell(from);
    const own = macrosOf(facts, name);
    if (own) return own;
    for (const header of quotedHeaders(from)) {
      if (!directivesIn(header).defines.has(name)) continue;
      const there = macrosOf(shell(header), name);
      if (there) return there;
    }
    return aliases.filter((r) => r.name === name && (r.file.endsWith('.h') || r.file === from));
  }

  return macros;
}
