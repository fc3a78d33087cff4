import { analyse } from '../../flow/analyse.js';
import type { SeenRelease } from '../../flow/releases.js';
import type { FunctionReference } from '../../program/file.js';
import { callsAt, type Graph, isStore } from '../../program/graph.js';
import { rootOf } from '../../program/path.js';
import { extraReferenceCalls, type OriginKind, type ReleaseCall, releases } from '../../protocol/index.js';
import type { Subject } from '../../survey/unit.js';
import { areOfOtherBuilds, flagDecides, flaggedIn, kindOf } from '../company.js';
import { stepAt } from '../data/access.js';
import { complaintAt, releasesIn } from '../evidence.js';
import { originsIn, type Stranger, strangersBeside, unsaid } from '../faults/strangers.js';
import { unreferenced } from '../faults/unreferenced.js';
import { type Check, notTold, stepIn, taken } from '../finding.js';

/**
 * unpin_user_page() of a page that was never pinned takes 1024 (GUP_PIN_COUNTING_BIAS) from its count; the zero page is let through
 * (mm/gup.c, since 6.5).
 */
export const mixedRelease: Check = (subject, others) => {
  const unconditional = releasesIn(subject).filter((s) => s.event.call.drops !== 'any' && !flaggedIn(subject, s));
  const met = unconditional.flatMap((release) => {
    const strangers = [
      ...siblings(subject, release, others),
      ...strangersIn(subject, release),
      ...strangersKept(subject, release),
      ...strangersBeside(subject, release),
    ];
    if (strangers.length === 0) return [];
    const calls = new Set([subject.row.api, ...strangers.map(({ api }) => api)]);
    const message = `${release.event.api}() drops ${[...calls].map((api) => `pages from ${api}()`).join(' and ')} alike`;
    const complaint = complaintAt(subject, release, message);
    const [first, ...rest] = complaint.path;
    // A call in several variants of a function is told once.
    const steps = new Map(strangers.map(({ step }) => [`${step.file}:${step.line}:${step.column}`, step]));
    return [{ ...complaint, path: [...(first ? [first] : []), ...steps.values(), ...rest] }];
  });
  return [...met, ...notTold(unreferenced(subject), met)];
};

/** The file's other sites with plain references whose pages come to the same drop: told once, at the pinning site. */
function siblings(subject: Subject, release: SeenRelease, others: readonly Subject[]): Stranger[] {
  if (kindOf(subject) !== 'pin' || flagDecides(subject, others)) return [];
  const { file } = release.visit.flow.reference;
  return (
    others
      .filter((o) => kindOf(o) === 'get' && !areOfOtherBuilds(subject, o))
      // If a put of its own is there as well, indexes or a count may tell one from the other.
      .filter((o) => !releasesIn(o).some((s) => s.event.call.drops === 'get' && release.event.call.drops === 'pin'))
      .filter((o) => releasesIn(o).some((s) => s.event.pos === release.event.pos && s.visit.flow.reference.file === file))
      .map((o) => ({ api: o.row.api, step: taken(o) }))
  );
}

/** The calls of other origins in the releasing function itself, if their pages come to the releasing call. */
function strangersIn(subject: Subject, { visit, event }: SeenRelease): Stranger[] {
  const { program, analysis } = subject;
  const { reference } = visit.flow;
  const { drops } = event.call;
  return program.graphs(reference).flatMap((graph) =>
    (drops === 'pin' && putsFrom(graph, event.fact)) || dropsOwnCount(subject, graph, event)
      ? []
      : originsIn(graph).flatMap(({ name, kind, call: { pos, result } }) => {
          if (!isStranger(subject, kind, drops, reference) || visit.flow.origins.has(result)) return [];
          const flow = analyse(analysis, reference, [{ pos, facts: ['%result'] }]);
          const step = stepAt(subject, visit, pos, `a page from ${name}() is stored there, too`);
          return flow.releases.some((r) => r.pos === event.pos) ? [{ api: name, step }] : [];
        }),
  );
}

/** The calls of other origins in the acquiring function itself, if it keeps their pages in the field from which the release drops them. */
function strangersKept(subject: Subject, { visit: { heap, way }, event }: SeenRelease): Stranger[] {
  const { program, analysis, site } = subject;
  const { drops } = event.call;
  if (drops === 'any' || way !== 'field' || heap === null || isPutElsewhere(subject, heap, drops)) return [];
  return program.graphs(site.reference).flatMap((graph) =>
    originsIn(graph).flatMap(({ name, kind, call: { pos } }) => {
      if (!isStranger(subject, kind, drops, site.reference)) return [];
      const flow = analyse(analysis, site.reference, [{ pos, facts: ['%result'] }]);
      const step = stepIn(program, site.reference, pos, `a page from ${name}() is kept there, too`);
      return flow.heap.includes(heap) ? [{ api: name, step }] : [];
    }),
  );
}

/** True for an origin whose pages a drop is not for: of a pin, any; of a plain reference, one that comes without. */
function isStranger({ program }: Subject, kind: OriginKind, drops: ReleaseCall['drops'], reference: FunctionReference): boolean {
  if (drops === 'pin') return !unsaid.has(kind);
  // A function that has pages put which came without a reference takes one before.
  return drops === 'get' && kind === 'kernel' && !extra.test(program.textOf(reference));
}

/** True if pages from a field are dropped in another way, or freed, somewhere else: the code there knows whose they are. */
function isPutElsewhere(subject: Subject, heap: string, drops: ReleaseCall['drops']): boolean {
  return releasesIn(subject).some(({ visit, event }) => visit.heap === heap && (event.call.drops !== drops || event.call.frees));
}

/** Matches a call that takes one more reference on a page. */
const extra = new RegExp(`\\b(?:${[...extraReferenceCalls].join('|')})\\s*\\(`);

/**
 * True for a drop, from the array that the site's call has filled, of as many pages as that call took: what was put behind those is not
 * dropped.
 */
function dropsOwnCount({ site }: Subject, graph: Graph, { pos, call: { shape } }: SeenRelease['event']): boolean {
  if (shape !== 'bulk') return false;
  const [drop] = callsAt(graph, pos);
  const [taking] = callsAt(graph, site.node.pos);
  const [array, count] = drop?.args ?? [];
  if (
    !taking ||
    array?.path == null ||
    count?.path == null ||
    count.text !== count.path ||
    !taking.args.some((a) => a.path === array.path && a.text === array.text)
  )
    return false;
  const stores = graph.nodes.flatMap(({ operation: o }) => (isStore(o) && o.target === count.path ? [o] : []));
  const isOwn = stores.some((o) => o.kind === 'copy' && o.source.path === taking.result);
  return isOwn && stores.every((o) => o.kind === 'clear' || (o.kind === 'copy' && o.source.path === taking.result));
}

/** True if a function has a plain put of something that stands where the dropped pages do: an index may tell the one from the other. */
function putsFrom(graph: Graph, fact: string): boolean {
  return graph.nodes.some(
    ({ operation: o }) =>
      o?.kind === 'call' &&
      releases.get(o.name ?? '')?.drops === 'get' &&
      o.args[0]?.path != null &&
      rootOf(o.args[0].path) === rootOf(fact),
  );
}
