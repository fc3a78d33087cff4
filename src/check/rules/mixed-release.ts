import { analyse } from '../../flow/analyse.js';
import type { SeenRelease } from '../../flow/releases.js';
import type { Graph } from '../../program/graph.js';
import { rootOf } from '../../program/path.js';
import { type OriginKind, originCalls, releases } from '../../protocol/index.js';
import type { Subject } from '../../survey/unit.js';
import { flagDecides, flaggedIn, kindOf } from '../company.js';
import { complaintAt, releasesIn } from '../evidence.js';
import type { Rule } from '../finding.js';

/** unpin_user_page() of a page that was never pinned takes 1024 from its count; ZERO_PAGE is let through (mm/gup.c, 6.5 on). */
export const mixedRelease: Rule = {
  id: 'mixed-release',
  severity: 'warning',
  about: 'one releasing call for a place that holds pages of several origins, each of which wants its own',
  check(subject, others) {
    const unconditional = releasesIn(subject).filter((s) => s.event.call.drops !== 'any' && !flaggedIn(subject, s));
    return unconditional.flatMap((release) => {
      const strangers = [...siblings(subject, release, others), ...strangersIn(subject, release)];
      if (strangers.length === 0) return [];
      const { api } = release.event;
      return [
        complaintAt(
          subject,
          release,
          `${api}() drops ${[subject.row.api, ...new Set(strangers)].map((by) => `pages from ${by}()`).join(' and ')} alike`,
        ),
      ];
    });
  },
};

/** What takes the pages of the file's other sites, with another kind of reference, that come to the same drop: written about once, at the pinning site. */
function siblings(subject: Subject, release: SeenRelease, others: readonly Subject[]): string[] {
  if (kindOf(subject) !== 'pin' || flagDecides(subject, others)) return [];
  const { file } = release.visit.flow.reference;
  return (
    others
      .filter((o) => kindOf(o) === 'get')
      // Where its own drop is there too, indexes or a count may tell one from the other.
      .filter((o) => !releasesIn(o).some((s) => s.event.call.drops === 'get' && release.event.call.drops === 'pin'))
      .filter((o) => releasesIn(o).some((s) => s.event.pos === release.event.pos && s.visit.flow.reference.file === file))
      .map((o) => o.row.api)
  );
}

/** A page that is looked up by number or address may be the site's own, and any drop of the page of zeros is let through. */
const unsaid: ReadonlySet<OriginKind> = new Set(['zero', 'found']);

/** The calls of other origins in the releasing function itself whose pages come to an unpinning call. */
function strangersIn({ program, analysis }: Subject, { visit, event }: SeenRelease): string[] {
  const { reference } = visit.flow;
  if (event.call.drops !== 'pin') return [];
  return program.graphs(reference).flatMap((graph) =>
    putsFrom(graph, event.fact)
      ? []
      : graph.nodes.flatMap((n) => {
          const o = n.operation;
          const origin = o?.kind === 'call' && o.name !== null ? originCalls.get(o.name) : undefined;
          if (o?.kind !== 'call' || !origin || unsaid.has(origin.kind) || visit.flow.origins.has(o.result)) return [];
          const flow = analyse(analysis, reference, [{ pos: o.pos, facts: ['%result'] }]);
          return flow.releases.some((r) => r.pos === event.pos) ? [origin.name] : [];
        }),
  );
}

/** True if a function puts something that stands where the dropped pages do: an index may tell the one from the other. */
function putsFrom(graph: Graph, fact: string): boolean {
  return graph.nodes.some(
    ({ operation: o }) =>
      o?.kind === 'call' &&
      releases.get(o.name ?? '')?.drops === 'get' &&
      o.args[0]?.path != null &&
      rootOf(o.args[0].path) === rootOf(fact),
  );
}
