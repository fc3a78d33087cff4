/** Finds the macros that a name can mean in a file. */
import type { FunctionReference, Shell } from './file.js';

/**
 * Returns a file's macros of a name, those with parameters first; `null` if the file does not define the name at all, `[]` if only as a
 * function.
 */
export function macrosOf(facts: Shell | null, name: string): FunctionReference[] | null {
  const defined = [...(facts?.byName.get(name) ?? []), ...(facts?.objectMacros().get(name) ?? [])];
  return defined.length > 0 ? defined.filter((r) => r.macro) : null;
}

/** Returns the object-like macros of a file that are another name for a function, `#define PUT my_put`. */
export function otherNames(facts: Shell | null, name: string): FunctionReference[] {
  const stands = new RegExp(`^[ \\t]*#\\s*define[ \\t]+\\w+[ \\t]+${name}[ \\t]*(?:$|/[*/])`, 'm');
  if (!facts || !stands.test(facts.outside)) return [];
  const macros = [...facts.objectMacros().values()].flat();
  return macros.filter(({ item }) => stands.test(facts.outside.slice(item.pos, item.end)));
}

/** What the lookup needs. */
interface Sources {
  shell(file: string): Shell | null;
  /** Returns the driver's own headers that a file includes. */
  quotedHeaders(file: string): readonly string[];
  includesAndDefines(file: string): { defines: ReadonlySet<string> };
  /** Macros of any header that stand for calls of the tables. */
  aliases: readonly FunctionReference[];
}

/** Makes the lookup of the macros that a name can mean in a file: the file's own, else those of its headers. */
export function macroFinder({
  shell,
  quotedHeaders,
  includesAndDefines,
  aliases,
}: Sources): (name: string, from: string) => FunctionReference[] {
  function macros(name: string, from: string): FunctionReference[] {
    const facts = shell(from);
    const own = macrosOf(facts, name);
    if (own) return own;
    for (const header of quotedHeaders(from)) {
      if (!includesAndDefines(header).defines.has(name)) continue;
      const there = macrosOf(shell(header), name);
      if (there) return there;
    }
    return aliases.filter((r) => r.name === name && (r.file.endsWith('.h') || r.file === from));
  }

  return macros;
}
