/** Makes the row of a site from what was followed of it. */

import { releasesOf, type SeenRelease } from '../flow/releases.js';
import type { Followed, Visit } from '../flow/visit.js';

import { callsOf } from '../program/graph.js';
import { rootOf } from '../program/path.js';
import type { Program } from '../program/program.js';
import { handedContainers, type Origin } from '../protocol/index.js';
import { caseOf } from './case.js';
import { type Form, formOf, isTeardown } from './classify.js';
import { containersOf, waysTo } from './containers.js';
import { dirtyOf } from './dirty.js';
import { passesFlag, userBacked } from './flags.js';
import type { Origins, Others } from './mixed.js';
import { overlaid } from './overlaid.js';
import { isSkipped } from './rounds.js';
import type { Gap, Reference, Release, ReleaseForm, ReleaseScope, Row, SiteKind } from './row.js';
import { assumptionsOf, type Site, takesNothing } from './sites.js';
import { traceOf } from './trace.js';
import { unseenCallers } from './unseen-callers.js';

const testFile = /(^|\/)((self)?tests?|kunit)\/|(^|[/_-])((self)?test|kunit|benchmark)s?([_-][^/]*)?\.[ch]$|_(self)?tests?\.[ch]$/;

/**
 * Returns the row of a site.
 * @param number which call of the api in its function it is, from 1
 * @param internal true if the file defines acquiring calls itself
 */
export function rowOf(program: Program, site: Site, number: number, followed: Followed | null, internal: boolean, mixing: Origins): Row {
  const { reference } = site;
  const { line, column } = program.position(reference.file, site.call.pos);
  const nothing = takesNothing(site);
  const others: Others = nothing ? { mixed: [], beside: [] } : mixing.beside(site, followed);
  const seen = followed
    ? ownReleases(releasesOf(program, followed, site.node, assumptionsOf(program, site)), others.beside).sort(byPlace)
    : [];
  const forms = new Map(seen.map((s) => [s, formOf(program, s, { key: reference.key, pos: site.call.pos })]));
  const main = dominant(program, site, seen, forms);
  const taken: Reference = nothing
    ? 'none'
    : site.acquire.taken === 'conditional' && userBacked(program, site)
      ? 'pin'
      : site.acquire.taken;
  const handsOn = followed?.wrappers.some((w) => w.key === reference.key) === true && isWrapper(program, followed, seen, forms, site);
  const kind: SiteKind = internal ? 'internal' : testFile.test(reference.file) ? 'test' : handsOn ? 'wrapper' : 'user';
  const form: Form = handsOn || internal ? { form: 'caller', reason: '' } : main ? (forms.get(main) as Form) : { form: 'none', reason: '' };
  const { mixed } = others;
  const longterm = site.acquire.longterm || passesFlag(program, site, 'FOLL_LONGTERM');
  const dirty = dirtyOf(program, site, followed, seen, main);
  const containers = nothing ? [] : containersOf(program, site, followed, seen);
  const carrier = followed ? carriersOf(followed, seen) : [];
  const releaseScope = scopeOf(form.form, seen, site);
  return {
    id: `${reference.file}:${reference.name}:${site.acquire.name}#${number}`,
    file: reference.file,
    line,
    column,
    function: reference.name,
    api: site.acquire.name,
    kind,
    reference: taken,
    longterm,
    containers,
    carrier,
    releases: seen.map(
      (s): Release => ({
        file: fileOf(s),
        line: program.position(fileOf(s), s.event.pos).line,
        function: s.visit.flow.reference.name,
        api: s.event.api,
      }),
    ),
    releaseForm: form.form,
    releaseReason: form.reason,
    releaseScope,
    dirty,
    mixed: mixed.length > 0,
    mixedWith: mixed.map(({ what }) => what),
    case: nothing ? null : caseOf(program, site, followed, { longterm, containers, dirty, carrier, releaseScope }),
    wrappers: handsOn ? [...new Set((followed?.wrappers ?? []).map((w) => w.name))] : [],
    trace: traceOf(program, site, main),
    gaps: nothing || !followed ? [] : gapsOf(program, site, followed, seen),
  };
}

/**
 * True for a wrapper: a function that hands pages, or an array of them or of bvecs, to its callers. One that fills its caller's container
 * is a wrapper only if the container is released in several files or forms: generic kernel code tears a bio or an skb down.
 */
function isWrapper(
  program: Program,
  followed: Followed,
  seen: readonly SeenRelease[],
  forms: ReadonlyMap<SeenRelease, Form>,
  site: Site,
): boolean {
  const params = program.variants(site.reference)[0]?.params ?? [];
  const generic = (h: string): boolean => handedContainers.has(params[Number(/^%arg(\d+)/.exec(h)?.[1] ?? -1)]?.type.tag ?? '');
  const handed = followed.handed.filter((h) => !/@(bvec|skb|pipe)$/.test(h) || h.startsWith('%result') || !generic(h));
  if (handed.length === 0) return false;
  const plain = handed.filter((h) => !/@\w+$/.test(h) || h.endsWith('@bvec'));
  const own = (s: SeenRelease): boolean => s.visit.flow.reference.key === site.reference.key;
  const others = seen.filter((s) => !own(s));
  // What the function itself keeps in a field, and its file drops from there, is not what its callers drop from the array.
  const keeps = followed.visits[0]?.flow.heap ?? [];
  const isKept = ({ visit }: SeenRelease): boolean =>
    visit.heap !== null && keeps.includes(visit.heap) && visit.flow.reference.file === site.reference.file;
  if (plain.length > 0) return handed.some((h) => h.startsWith('%result')) || others.length === 0 || !others.every(isKept);
  if (handed.some((h) => h.startsWith('%result'))) return true;
  return new Set(others.map((s) => `${fileOf(s)} ${forms.get(s)?.form}`)).size > 1 || others.some((s) => fileOf(s) !== site.reference.file);
}

function fileOf(s: SeenRelease): string {
  return s.visit.flow.reference.file;
}

/**
 * Leaves out calls that free pages to the allocator if there are other releases too, and if pages from the allocator can be in the same
 * place, or the call is not in the site's own function: they are meant for the allocator's pages. If only freeing calls are there, that is
 * how this site's reference is dropped, right or wrong.
 */
function ownReleases(seen: SeenRelease[], beside: readonly Origin[]): SeenRelease[] {
  const allocated = beside.some(({ kind }) => kind === 'allocated');
  const kept = seen.filter((s) => !s.event.call.frees || (!allocated && s.visit.way === 'site'));
  return kept.length > 0 ? kept : seen;
}

function byPlace(a: SeenRelease, b: SeenRelease): number {
  return fileOf(a) < fileOf(b) ? -1 : fileOf(a) > fileOf(b) ? 1 : a.event.pos - b.event.pos;
}

/** Rank of a release: teardown through a field or callback first, then any full drop, then drops that only a short count reaches. */
function rank(s: SeenRelease): number {
  if (s.event.partial) return 0;
  return isTeardown(s.visit) ? 2 : 1;
}

/** Rank of a form among releases of the same rank. */
const weight: Readonly<Record<ReleaseForm, number>> = {
  container: 5,
  'loop-other': 4,
  'loop-collapsible': 4,
  bulk: 4,
  single: 2,
  caller: 1,
  none: 0,
};

/** True for a drop by a caller of the site's function, under a test for that function's failure: it is not the normal teardown. */
function isUndone(program: Program, { reference }: Site, { visit: { flow }, event }: SeenRelease): boolean {
  const tested = event.guards.flatMap(({ path, call, values, negated }) =>
    path !== null && call === '' && values.length === 0 && !negated ? [path] : [],
  );
  return (
    tested.length > 0 &&
    program.graphs(flow.reference).some((graph) => {
      const results = new Set(callsOf(graph, reference.name).map(({ call }) => call.result));
      return graph.nodes.some(({ operation: o }) => o?.kind === 'copy' && tested.includes(o.target) && results.has(o.source.path ?? ''));
    })
  );
}

/** The release on the normal teardown path, which gives the row its form. */
function dominant(program: Program, site: Site, seen: readonly SeenRelease[], forms: ReadonlyMap<SeenRelease, Form>): SeenRelease | null {
  let best: { release: SeenRelease; key: number[] } | null = null;
  for (const release of seen) {
    const form = weight[forms.get(release)?.form ?? 'none'];
    const key = [rank(release), isSkipped(program, release) ? 0 : 1, isUndone(program, site, release) ? 0 : 1, form, release.event.pos];
    const known: number[] = best?.key ?? [];
    const i = key.findIndex((v, at) => v !== known[at]);
    if (best === null || (i >= 0 && (key[i] as number) > (known[i] as number))) best = { release, key };
  }
  return best?.release ?? null;
}

function scopeOf(form: ReleaseForm, seen: readonly SeenRelease[], site: Site): ReleaseScope {
  if (form === 'caller') return 'caller';
  if (seen.some((s) => fileOf(s) !== site.reference.file)) return 'cross-file';
  return seen.some((s) => s.visit.flow.reference.key !== site.reference.key) ? 'file' : 'function';
}

/**
 * The fields through which some release reaches the pages, and other fields of those structs that hold them, as `tag.field.more`. If no
 * release uses a field, all fields that hold them. A frame number or address that is kept beside the pages, and by which nobody drops them,
 * is no carrier; nor is a frame number alone if the pages are dropped in another way.
 */
function carriersOf(followed: Followed, seen: readonly SeenRelease[]): string[] {
  const ways = new Set(seen.flatMap(({ visit, event }) => waysTo(visit, `-${event.pos}`)));
  const pages = followed.heap.filter((h) => !/@(?:address|pfn)$/.test(h));
  const structs = new Set(followed.heap.filter((h) => ways.has(h)).map(rootOf));
  const leading = followed.heap.filter((h) => ways.has(h) || (structs.has(rootOf(h)) && pages.includes(h)));
  const others = followed.heap.filter((h) => seen.length === 0 || !h.endsWith('@pfn'));
  const kept = [leading, pages, others].find((heap) => heap.length > 0) ?? [];
  return [...new Set(kept.map(carrierName))];
}

/** A field as a row names it. */
export function carrierName(heap: string): string {
  return heap.slice(1).replace('::', '').replace(/@\w+/g, '').replaceAll('[]', '');
}

/** True for a visit of the site's function, or of one that it calls. */
function isWithin({ way, parent }: Visit): boolean {
  return way === 'site' || (way === 'call' && parent !== null && isWithin(parent.visit));
}

function gapsOf(program: Program, site: Site, followed: Followed, seen: readonly SeenRelease[]): Gap[] {
  const gaps = new Map<string, Gap>();
  const add = (file: string, pos: number, why: string) => {
    const { line } = program.position(file, pos);
    gaps.set(`${file}:${line}:${why}`, { file, line, why });
  };
  const { call, acquire, signature, reference } = site;
  if (signature === null && acquire.result !== 'page')
    add(reference.file, call.pos, `${acquire.name}() takes these ${call.args.length} arguments in no kernel that is known`);
  const start = followed.visits[0]?.flow.reference;
  for (const variant of start ? program.variants(start) : [])
    for (const p of variant.problems) add(start?.file ?? '', p.pos, `could not be read: ${p.why}`);
  // What a field keeps is found there. If the only drops are in the site's function or below, they may be on paths that give the pages up.
  const isLost = followed.heap.length === 0 && seen.every((s) => isWithin(s.visit));
  for (const v of followed.visits) {
    const { file } = v.flow.reference;
    for (const u of v.flow.unread) add(file, u.pos, `could not be read: ${u.why}`);
    if (isLost) for (const a of v.flow.astray) add(file, a.pos, `kept ${a.where}`);
    if (seen.length > 0) continue;
    for (const u of v.flow.unknowns)
      add(
        file,
        u.pos,
        u.indirect
          ? `handed to a call through ${u.name}, which could be several functions`
          : `handed to ${u.name}(), which is not in the tree`,
      );
  }
  if (seen.every((s) => isWithin(s.visit))) for (const { reference: at, pos, why } of overlaid(program, followed)) add(at.file, pos, why);
  for (const { reference: last, why } of unseenCallers(program, followed)) add(last.file, last.item.pos, why);
  if (followed.cut) add(followed.visits[0]?.flow.reference.file ?? '', 0, 'the reference goes further than the analysis follows');
  return [...gaps.values()];
}
