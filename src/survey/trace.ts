/** The way from acquire to a release, as steps that a person can follow in the source. */

import { readable } from '../flow/facts.js';
import type { SeenRelease } from '../flow/releases.js';
import type { Visit } from '../flow/visit.js';
import type { Program } from '../program/program.js';
import type { Step } from './row.js';
import type { Site } from './sites.js';

/** Steps from the site to `release`; only the first if there is none. */
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

/** Steps from a visit's beginning to a fact of it. */
export function stepsTo(program: Program, visit: Visit, fact: string): Step[] {
  const { reference, origins } = visit.flow;
  const here: Step[] = [];
  const seen = new Set<string>();
  let entry = fact;
  for (let f: string | null = fact; f !== null && !seen.has(f); ) {
    seen.add(f);
    entry = f;
    const origin = origins.get(f);
    if (!origin) break;
    if (origin.kind === 'made') here.unshift(step(program, reference.file, reference.name, origin.pos, origin.text));
    f = origin.from;
  }
  if (!visit.parent) return here;
  const { visit: from, fact: handed } = visit.parent;
  // Of several calls that hand it to a caller, the one that it came from.
  const begun = origins.get(entry);
  const pos = visit.way === 'return' && begun?.kind === 'taken' ? begun.pos : visit.parent.pos;
  const word = {
    site: '',
    call: `passed to ${reference.name}()`,
    return: `handed to its caller ${reference.name}()`,
    field: `reached in ${reference.name}() through ${readable(entry)}`,
    callback: `called back: ${reference.name}()`,
  }[visit.way];
  const file = visit.way === 'return' ? reference.file : from.flow.reference.file;
  const name = visit.way === 'return' ? reference.name : from.flow.reference.name;
  const arrival =
    visit.way === 'field' || visit.way === 'callback'
      ? step(program, reference.file, reference.name, reference.item.bodyPos, word)
      : step(program, file, name, pos, word);
  return [...stepsTo(program, from, handed), arrival, ...here];
}

function step(program: Program, file: string, name: string, pos: number, text: string): Step {
  return { file, ...program.position(file, pos), function: name, text };
}
