/** Options that do not go together. A command lists them in a table and refuses them before any work. */
import { Failure } from './failure.js';

/** An option, and a test whether it was given. */
export type Asked<Given> = readonly [option: string, isGiven: (given: Given) => boolean];

/** Options that must not be given where `beside` is true, and why. */
export interface Clash<Given> {
  /** True for what was given if the options must not stand beside it. */
  beside: (given: Given) => boolean;
  options: readonly Asked<Given>[];
  /** The message: what is wrong with the option there, and what to do. */
  why: (option: string, given: Given) => string;
}

/** Options that count as given if they have a value, by their keys: `changedSince` is `--changed-since`. */
export function asked<Given>(...keys: readonly (keyof Given & string)[]): Asked<Given>[] {
  return keys.map((key) => [`--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, (given) => given[key] !== undefined]);
}

/**
 * Refuses the first option that must not stand beside the others.
 * @throws Failure
 */
export function refuseClashes<Given>(given: Given, clashes: readonly Clash<Given>[]): void {
  for (const { beside, options, why } of clashes) {
    const [option] = (beside(given) && options.find(([, isGiven]) => isGiven(given))) || [];
    if (option !== undefined) throw new Failure(why(option, given));
  }
}
