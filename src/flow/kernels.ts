/** Tells for which kernels a release is, where a driver is written for several. */
import type { FunctionReference } from '../program/file.js';
import type { Node } from '../program/graph.js';
import type { Program } from '../program/program.js';
import { acquires, type ReleaseCall, releases } from '../protocol/index.js';
import { excludes } from '../syntax/assumptions.js';
import type { ReleaseEvent } from './flow.js';
import type { Start, Visit } from './visit.js';

/** True for a function that is compiled in on no kernel on which the site is. */
export function isElsewhen({ alternatives }: Start, { item }: FunctionReference): boolean {
  return alternatives.length > 0 && alternatives.every((here) => excludes(here, item.conditions));
}

/** True if the `#if` conditions around a statement exclude the site: none of its variants' assumptions goes with any of `alternatives`. */
export function isOffAt(alternatives: readonly (readonly string[])[], visit: Visit, assumptions: readonly (readonly string[])[]): boolean {
  const around = conditionsAround(visit);
  return alternatives.every((here) => assumptions.every((there) => excludes(here, [...there, ...around])));
}

/** Makes a test that is true for drops on kernels where the site is not compiled in, or where its reference is of another kind. */
export function openKernels(
  program: Program,
  { operation }: Node,
  siteAssumptions: readonly (readonly string[])[],
): (visit: Visit, event: ReleaseEvent) => boolean {
  const name = operation?.kind === 'call' ? operation.name : null;
  const kind = name === null ? undefined : acquires.get(name)?.taken;
  const isConditional = siteAssumptions.every((assumed) => assumed.length > 0);
  const fits = ({ drops }: ReleaseCall): boolean => !(kind === 'get' && drops === 'pin') && !(kind === 'pin' && drops === 'get');
  const isEverywhere = (called: string, file: string): boolean => {
    const { definitions, tabled } = program.meaning(called, file);
    return definitions.length === 0 || tabled.length === 0;
  };

  return (visit, event) => {
    if (isOffAt(siteAssumptions, visit, event.assumptions)) return true;
    // A driver's own function for kernels without the call, named like it, drops what the call of that name drops.
    for (let at = visit; at.way === 'call' && at.parent; at = at.parent.visit) {
      const stands = releases.get(at.flow.reference.name);
      if (stands && !isEverywhere(at.flow.reference.name, at.parent.visit.flow.reference.file)) return fits(stands);
    }
    const { file } = visit.flow.reference;
    return isConditional && !fits(event.call) && (!isEverywhere(event.api, file) || isOneOfSeveral(event, file));
  };

  /** True for a drop by a macro with several definitions, of which one that may be active where the site is fits the site's kind. */
  function isOneOfSeveral({ api, pos }: ReleaseEvent, file: string): boolean {
    const written = program.nameAt(file, pos) ?? api;
    const defined = written === api ? [] : program.macros(written, file);
    return defined.length > 1 && defined.some((macro) => isThere(macro) && mayFit(macro));
  }

  function isThere({ item }: FunctionReference): boolean {
    return siteAssumptions.some((here) => !excludes(here, item.conditions));
  }

  /** False for a macro that names releases, none of which fits the site's kind. */
  function mayFit(macro: FunctionReference): boolean {
    const dropping = (program.textOf(macro).match(/\w+/g) ?? []).flatMap((word) => releases.get(word) ?? []);
    return dropping.length === 0 || dropping.some(fits);
  }
}

/** The `#if` conditions around the function of a visit, and around the functions that call it, up to where the calls began. */
function conditionsAround(visit: Visit): readonly string[] {
  const own = visit.flow.reference.item.conditions;
  return visit.way === 'call' && visit.parent ? [...own, ...conditionsAround(visit.parent.visit)] : own;
}
