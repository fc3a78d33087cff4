/**
 * Macros of a driver that are one call in one arm of an `#if` and another call in another: `#define PAGE_PUT(p) put_page(p)` for old
 * kernels, `#define PAGE_PUT(p) unpin_user_page(p)` for the others. A function that calls such macros is analysed once for each arm, under
 * its conditions. So is one that calls through a member in which each arm installs another function.
 */
import { excludes } from '../syntax/assumptions.js';
import type { FunctionReference } from './file.js';
import type { MacroAliases } from './macro-aliases.js';
import { calledIn, type MacroSources } from './macro-sources.js';
import { conditionsOf } from './shims.js';

/** Looks up the `#if` arms of the macros that functions call. */
export interface MacroArms {
  /**
   * Returns the alternative sets of conditions under which each macro that a function calls has one meaning, each consistent with what is
   * assumed already. For a function that calls no such macro it is one empty set.
   */
  armsOf(reference: FunctionReference, assumed: readonly string[]): string[][];
  /** Returns the conditions under which the macro at a position has the meaning that the assumptions give it. */
  armAt(reference: FunctionReference, pos: number, assumed: readonly string[]): string[];
}

/** With more alternatives than this, arms are not told apart. */
const most = 16;
/** How many macros deep arms are looked for. */
const maxDepth = 3;

/** Opens the lookup of the arms of macros. */
export function openArms({ isDriver, shell, textOf, nameAt, macros, armsThrough }: MacroSources, { forked }: MacroAliases): MacroArms {
  const armOf = (macro: FunctionReference): string[] => conditionsOf(shell(macro.file), macro);

  /** The sets of macros with arms that a text calls, directly or through other macros. */
  function forkedIn(text: string, own: string, from: string, depth = 0): (readonly FunctionReference[])[] {
    const names = [...new Set(calledIn(text, own))];
    return names.flatMap((name) => {
      const arms = forked(name, from);
      const below = depth < maxDepth ? macros(name, from) : [];
      return [...(arms.length > 0 ? [arms] : []), ...below.flatMap((macro) => forkedIn(bodyOf(macro), name, macro.file, depth + 1))];
    });
  }

  /** A macro's text. The name in an object-like macro is made to look like a call. */
  function bodyOf(macro: FunctionReference): string {
    const text = textOf(macro);
    return macro.objectLike ? text.replace(/(\w+)\s*$/, '$1(') : text;
  }

  /** The alternatives for what a text calls, each with the conditions that hold already; within each arm, also for what that arm calls. */
  function alternativesIn(text: string, own: string, from: string, here: string[], depth = 0): string[][] {
    let found = [here];
    const within = (each: FunctionReference, name: string, holding: string[]): string[][] =>
      depth < maxDepth ? alternativesIn(bodyOf(each), name, each.file, holding, depth + 1) : [holding];
    for (const name of new Set(calledIn(text, own))) {
      if (found.length > most) return found;
      const forks = forked(name, from);
      const arms = forks.length > 0 ? forks : armsThrough(name, text, from);
      if (arms.length === 0) {
        for (const macro of macros(name, from)) found = found.flatMap((holding) => within(macro, name, holding));
        continue;
      }
      found = found.flatMap((holding) => {
        const fitting = arms.filter((arm) => !excludes(holding, armOf(arm)));
        const behind = fitting.flatMap((arm) => within(arm, name, [...new Set([...holding, ...armOf(arm)])]));
        return fitting.length > 0 ? behind : [holding];
      });
    }
    return found;
  }

  return {
    armsOf(reference, assumed) {
      if (!isDriver) return [[]];
      const known = [...assumed, ...reference.item.conditions];
      const found = alternativesIn(textOf(reference), reference.name, reference.file, known);
      if (found.length > most) return [[]];
      const added = found.map((all) => all.filter((condition) => !known.includes(condition)));
      return [...new Map(added.map((arm) => [[...arm].sort().join('\0'), arm])).values()];
    },

    armAt({ file: from }, pos, assumed) {
      const name = isDriver ? nameAt(from, pos) : null;
      if (name === null) return [];
      const chosen = forkedIn(`${name}(`, '', from).flatMap((arms) => {
        const [only, ...others] = arms.filter((macro) => !excludes(assumed, macro.item.conditions));
        return only && others.length === 0 ? armOf(only) : [];
      });
      return [...new Set(chosen)];
    },
  };
}
