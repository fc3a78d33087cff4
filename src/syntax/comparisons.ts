/** What C's comparisons say of each other. */

/** The comparison that holds where another does not. */
export const negated: Readonly<Record<string, string>> = { '==': '!=', '!=': '==', '<': '>=', '>=': '<', '>': '<=', '<=': '>' };

/** The comparison that says the same with its sides exchanged. */
export const swapped: Readonly<Record<string, string>> = { '<': '>', '>': '<', '<=': '>=', '>=': '<=', '==': '==', '!=': '!=' };

/** A comparison as one of `==`, `<` and `<=`, which holds or does not: so that `a != b` and `a == b` are known to be about the same. */
export function plain(op: string): { op: string; truth: boolean } {
  return op === '!=' || op === '>=' || op === '>' ? { op: negated[op] as string, truth: false } : { op, truth: true };
}
