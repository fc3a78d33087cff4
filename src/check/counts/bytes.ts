/** Calls that return bytes: how many pages those are depends on where in the first page they begin. */
import type { Subject } from '../../survey/unit.js';
import { kindOf } from '../company.js';
import { releasesIn } from '../evidence.js';
import { taken } from '../finding.js';
import { countsAt } from './bounds.js';
import type { CountFault } from './fault.js';

/** Drops of as many pages as the result fills from the start of a page, which is one too few where it begins behind. */
export function byteFaults(subject: Subject): CountFault[] {
  const { program, site } = subject;
  if (site.acquire.result !== 'bytes') return [];
  // What drops the other kind drops pages that are no user's, and were not taken.
  const own = releasesIn(subject).filter((s) => s.event.call.drops === kindOf(subject));
  const drops = own.flatMap((release) => countsAt(program, release, site.reference));
  return program.graphs(site.reference).flatMap((graph) => {
    const results = new Set(
      graph.nodes.flatMap(({ operation: o }) => (o?.kind === 'copy' && o.replaces && o.source.path === site.call.result ? [o.target] : [])),
    );
    const faultAt = (drop: number, pos: number): CountFault => ({
      kind: 'drop',
      how: 'few',
      reference: site.reference,
      pos: drop,
      outcomes: 0,
      way: [taken(subject)],
      steps: [{ pos, text: 'bytes counted as whole pages, without the offset in the first' }],
    });
    const atOnce = drops.filter(({ count: { value, plus } }) => plus === 0 && results.has(pages.exec(value.text)?.[1] ?? ''));
    const later = graph.nodes.flatMap(({ operation: o, pos }): CountFault[] => {
      if ((o?.kind !== 'copy' && o?.kind !== 'clear') || pos < site.call.pos) return [];
      const whole = /^[^=;]*[^=!<>;]=\s*(\w+)\s*(?:\/\s*PAGE_SIZE|>>\s*PAGE_SHIFT)\s*;/.exec(
        program.between(site.reference.file, pos, pos + 160),
      );
      if (!whole || !results.has(whole[1] as string)) return [];
      return drops.filter((d) => d.count.value.path === o.target && d.count.plus === 0).map((d) => faultAt(d.pos, pos));
    });
    return [...atOnce.map((d) => faultAt(d.pos, d.pos)), ...later];
  });
}

/** A number of bytes as one of pages. */
const pages = /^(\w+) (?:\/ PAGE_SIZE|>> PAGE_SHIFT)$/;
