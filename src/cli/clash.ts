/** Options that do not go together: a command lists them in a table and refuses them before any work. */
import { Failure } from './failure.js';

/** An option, and whether it was given. */
export type Asked<Given> = readonly [option: string, isGiven: (given: Given) => boolean];

/** Options that have no place beside something else that was given, and why. */
export interface Clash<Given> {
  beside: (given: Given) => boolean;
  options: readonly Asked<Given>[];
  /** What is wrong with the option there, and what to do. */
  why: (option: string, given: Given) => string;
}

/** Options that are given if they have a value: `changedSince` is `--changed-since`. */
export function asked<Given>(...keys: readonly (keyof Given & string)[]): Asked<Given>[] {
  return keys.map((key) => [`--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, (given) => given[key] !== undefined]);
}

/** Throws a {@link Failure} for the first option that has no place beside the others. */
export function refuseClashes<Given>(given: Given, clashes: readonly Clash<Given>[]): void {
  for (const { beside, options, why } of clashes) {
    const [option] = (beside(given) && options.find(([, isGiven]) => isGiven(given))) || [];
    if (option !== undefined) throw new Failure(why(option, given));
  }
}
