/**
 * The interprocedural part: follows a site's reference through callees, callers, fields, globals and callbacks. A visit is one
 * function entered in one way; the modules of `follow/` say where a visit leads.
 */

import type { Program } from '../program/program.js';
import { holdingIn } from './analyse.js';
import type { Analysis, Seed } from './flow.js';
import { toHandedContainers } from './follow/handed-containers.js';
import { type Journey, newJourney, noteHolders, noteSearch, visit } from './follow/journey.js';
import { type Memory, openMemory } from './follow/memory.js';
import { toCallbacks, toCallees, toOperations } from './follow/to-callees.js';
import { toCallers } from './follow/to-callers.js';
import { toField } from './follow/to-fields.js';
import { type Followed, keyOf, type Start, type Visit } from './visit.js';

/** Follows the references of sites. */
export interface Follower {
  /** Follows one site's reference to wherever it goes. */
  follow(start: Start): Followed;
  /** For following single facts through single functions; shares its summaries with `follow`. */
  analysis: Analysis;
}

/** A follower over a program. It remembers the summaries of functions, so one serves all sites of a survey. */
export function openFollower(program: Program): Follower {
  const memory = openMemory(program);
  return { follow: (start) => follow(memory, start), analysis: memory.analysis };
}

/** Follows a site's reference to wherever it goes. */
function follow(memory: Memory, start: Start): Followed {
  const { reference, pos, facts, layouts, acquired } = start;
  const journey = newJourney(start);
  const seeds: Seed[] = [{ pos, facts, layouts, acquired }];
  const key = keyOf(start);
  visit(journey, { key, way: 'site', flow: () => memory.flowFor(reference, seeds, key), parent: null, heap: null });
  expandAll(memory, journey);
  // Fields are searched for near by first: the file, its folder and those below; the whole tree only if nothing there drops the reference.
  let more = true;
  while (more) more = searchFields(memory, journey, false) || (!isReleased(journey) && searchFields(memory, journey, true));
  for (const lead of toHandedContainers(memory, start, journey.visits)) visit(journey, lead);
  expandAll(memory, journey);
  const { visits, wrappers, handed, handing, holders, cut } = journey;
  return {
    visits,
    wrappers,
    handed,
    handing,
    heap: [...holders.keys()],
    cut,
    holding: (graph) => holdingIn(memory.analysis, reference, graph, seeds),
  };
}

/** Expands visits, those that this adds too, until none is left. */
function expandAll(memory: Memory, journey: Journey): void {
  for (let next = journey.visits[journey.expanded]; next; next = journey.visits[journey.expanded]) {
    journey.expanded++;
    expand(memory, journey, next);
  }
}

/** Adds the visits to which one visit leads by calls, operations and callbacks. */
function expand(memory: Memory, journey: Journey, from: Visit): void {
  const { start } = journey;
  for (const lead of toCallees(memory, start, from)) visit(journey, lead);
  noteHolders(journey, from);
  for (const lead of toOperations(memory, start, from)) visit(journey, lead);
  for (const lead of toCallbacks(memory, from)) visit(journey, lead);
  // What a callee hands back, its caller's own flow takes up. Of any other function, all callers may receive it.
  if (from.way !== 'call') handUp(memory, journey, from);
}

/** Adds visits of the callers of a function that hands the reference back to them. */
function handUp(memory: Memory, journey: Journey, from: Visit): void {
  const up = toCallers(memory, journey.start, from);
  if (!up) return;
  const { reference } = from.flow;
  if (from.way === 'site') journey.handed = up.handed;
  if (up.wraps && !journey.wrappers.some((w) => w.key === reference.key)) journey.wrappers.push(reference);
  journey.handing.push({ visit: from, isUncalled: up.isUncalled });
  for (const lead of up.leads) visit(journey, lead);
}

/** Visits functions that touch the holding fields, near by or in the whole tree; false if no file was left to search. */
function searchFields(memory: Memory, journey: Journey, everywhere: boolean): boolean {
  const { start, holders } = journey;
  let searched = false;
  for (const [heap, from] of holders) {
    const near = [start.reference.file, ...(everywhere ? [] : [from.flow.reference.file])];
    for (const file of memory.filesFor(heap, near, everywhere)) {
      if (!noteSearch(journey, heap, file)) continue;
      searched = true;
      for (const lead of toField(memory, start, heap, file, from)) visit(journey, lead);
    }
  }
  expandAll(memory, journey);
  return searched;
}

/** True if a function other than the site's drops the reference, and not only a part of the pages. */
function isReleased({ visits, start }: Journey): boolean {
  return visits.some(({ flow }) => flow.reference.key !== start.reference.key && flow.releases.some((e) => !e.partial));
}
