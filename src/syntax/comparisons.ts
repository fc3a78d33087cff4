/** How C's comparison operators relate to each other. */

/** The comparison that holds where another one does not. */
export const negated: Readonly<Record<string, string>> = { '==': '!=', '!=': '==', '<': '>=', '>=': '<', '>': '<=', '<=': '>' };

/** The comparison that says the same with its sides swapped. */
export const swapped: Readonly<Record<string, string>> = { '<': '>', '>': '<', '<=': '>=', '>=': '<=', '==': '==', '!=': '!=' };

/**
 * Returns a comparison as one of `==`, `<` and `<=`, and whether it must hold: so `a != b` and `a == b` are seen to test the same thing.
 */
export function plain(op: string): { op: string; truth: boolean } {
  return op === '!=' || op === '>=' || op === '>' ? { op: negated[op] as string, truth: false } : { op, truth: true };
}
