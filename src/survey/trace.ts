/** The way from acquire to a release, as steps that a person can follow in the source. */
import { isHeap, scopeOf } from '../flow/facts.js';
import { type Origin, placeOf } from '../flow/flow.js';
import type { SeenRelease } from '../flow/releases.js';
import type { Visit, Way } from '../flow/visit.js';
import { placeText } from '../flow/words.js';
import type { Program } from '../program/program.js';
import type { Step } from './row.js';
import type { Site } from './sites.js';

/** Returns the steps from the site to `release`; only the first if there is none. */
export function traceOf(program: Program, site: Site, release: SeenRelease | null): Step[] {
  const steps: Step[] = [
    step(
      program,
      site.reference.file,
      site.reference.name,
      site.call.pos,
      `taken by ${site.acquire.name}()${site.call.macro ? ` (through ${site.call.macro}())` : ''}`,
    ),
  ];
  if (release) steps.push(...stepsTo(program, release.visit, `-${release.event.pos}`));
  return steps.filter((s, i) => i === 0 || s.line !== steps[i - 1]?.line || s.file !== steps[i - 1]?.file || s.text !== steps[i - 1]?.text);
}

/** Where a function uses what a fact holds, and the path it uses for it, as far as known. */
export interface Use {
  /** Position of the use. */
  pos?: number;
  /** The path that is used. */
  path?: string;
}

/**
 * Returns the steps from the beginning of a visit to a fact in it.
 * @param isBrief leaves out steps that only name a variable or alias of what was just told
 */
export function stepsTo(program: Program, visit: Visit, fact: string, use: Use = {}, isBrief = false): Step[] {
  const { reference } = visit.flow;
  const { made, entry, passing } = chainTo(visit, fact);
  // Of what was found in a field, steps that only name an alias add nothing.
  const first = visit.way === 'field' ? made.findIndex(({ alias, text }) => alias === undefined && text !== '') : 0;
  const here = made
    .slice(Math.max(0, first))
    .filter((origin) => !isBrief || !passing.has(origin))
    .filter((origin, i, all) => origin.text !== '' && !(all[i + 1]?.isMore && placeOf(all[i + 1] as Origin) === placeOf(origin)))
    .map((origin) => step(program, reference.file, reference.name, placeOf(origin), origin.text));
  if (!visit.parent) return here;
  const { visit: from, pos, fact: handed } = visit.parent;
  // If a caller has several calls that hand the reference to it, the one that it came from.
  const begun = visit.flow.origins.get(entry);
  const at = (by: Visit, place: number, text: string): Step => step(program, by.flow.reference.file, by.flow.reference.name, place, text);
  const arrivals: Readonly<Record<Way, () => Step>> = {
    site: () => at(from, pos, ''),
    call: () => at(from, pos, `passed to ${reference.name}()`),
    return: () => at(visit, begun?.kind === 'taken' ? begun.pos : pos, `handed on by ${from.flow.reference.name}()`),
    field: () => at(visit, made[0]?.pos ?? use.pos ?? loadIn(program, visit), `found in ${foundIn(program, visit, entry, made, use)}`),
    callback: () => at(visit, reference.item.bodyPos, `called back: ${reference.name}()`),
  };
  const isIn = visit.way === 'call' || visit.way === 'callback';
  return [...stepsTo(program, from, handed, isIn ? { pos } : {}, isBrief), arrivals[visit.way](), ...here];
}

/**
 * What happened to the reference within a visited function on the way to a fact, first things first, and the fact that it began with.
 * @returns in `passing` the steps that only say which variable or alias holds what was told before
 */
function chainTo({ way, flow: { origins } }: Visit, fact: string): { made: Origin[]; entry: string; passing: ReadonlySet<Origin> } {
  const made: Origin[] = [];
  const passing = new Set<Origin>();
  const seen = new Set<string>();
  let entry = fact;
  for (let f: string | null = fact; f !== null && !seen.has(f); ) {
    seen.add(f);
    entry = f;
    const origin: Origin | undefined = origins.get(f);
    if (!origin) break;
    if (origin.kind === 'made') made.unshift(origin);
    if (naming.test(origin.text) && (variable.test(f) || (way === 'field' && origin.alias !== undefined))) passing.add(origin);
    f = origin.from;
  }
  return { made, entry, passing };
}

/** Matches a fact for a variable that holds pages, or what stands for them. */
const variable = /^\w+(?:\[\])*(?:@\w+)?$/;
/** Matches the text of a step that only says where something already told of is. */
const naming = /^(?:kept|which is) /;

/**
 * The place that a visited function has the pages from, by the name that it has for it.
 * @param made what comes of it there
 */
function foundIn(program: Program, { flow: { reference }, heap }: Visit, entry: string, made: readonly Origin[], use: Use): string {
  const [graph] = program.graphs(reference);
  const textOf = (path: string | null | undefined): string => (graph && path ? placeText(path, scopeOf(program, graph, reference)) : '');
  const other = made.find(({ alias, text }) => alias || text !== '')?.alias;
  return (isHeap(entry) ? textOf(made.length > 0 ? made[0]?.path : use.path) : textOf(entry)) || other || textOf(heap);
}

/** The position at which a function names the field or variable through which it was reached. */
function loadIn(program: Program, { flow: { reference }, heap }: Visit): number {
  const name = /[\w$]+(?=(?:\[\]|@\w+)*$)/.exec(heap ?? '')?.[0];
  const text = program.textOf(reference);
  const begin = reference.item.bodyPos - reference.item.pos;
  const found = name === undefined ? -1 : text.slice(begin).search(new RegExp(`\\b${name}\\b`));
  return reference.item.bodyPos + Math.max(0, found);
}

function step(program: Program, file: string, name: string, pos: number, text: string): Step {
  return { file, ...program.position(file, pos), function: name, text };
}
