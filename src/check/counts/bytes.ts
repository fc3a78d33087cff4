/** Calls that return bytes: how many pages those fill depends on where in the first page they begin. */
import type { Subject } from '../../survey/unit.js';
import { kindOf } from '../company.js';
import { releasesIn } from '../evidence.js';
import { taken } from '../finding.js';
import { countsAt } from './bounds.js';
import type { CountFault } from './fault.js';

/** Drops of `bytes / PAGE_SIZE` pages: one too few where the bytes begin inside the first page. */
export function byteFaults(subject: Subject): CountFault[] {
  const { program, site } = subject;
  if (site.acquire.result !== 'bytes') return [];
  // A release of the other kind is for pages that are no user's, which the call did not take.
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
    const atOnce = drops.filter(({ count: { value, plus } }) => plus === 0 && results.has(asPages.exec(value.text)?.[1] ?? ''));
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

/** A number of bytes written as a number of pages: `n / PAGE_SIZE`, `n >> PAGE_SHIFT`. */
const asPages = /^(\w+) (?:\/ PAGE_SIZE|>> PAGE_SHIFT)$/;
