/** What the tables say of a call. */
import type { FunctionReference } from '../../program/file.js';
import type { CallOperation, Guard, Node } from '../../program/graph.js';
import { rootOf, type Value } from '../../program/path.js';
import {
  dirtyCalls,
  extraReferenceCalls,
  freedOf,
  freeingCalls,
  mappingName,
  pageNumbers,
  type ReleaseCall,
  releases,
  unmappingCalls,
} from '../../protocol/index.js';
import { excludes } from '../../syntax/assumptions.js';
import { assumedAt } from '../../syntax/index.js';
import { zero } from '../../syntax/truth.js';
import { contentsOf, type Facts } from '../facts.js';
import { movesOf, placeOf } from '../moves.js';
import { copyInto, drop, giveExtra, originalOf, originsOf, released, takeExtra } from './holding.js';
import { at, inEveryRound, note, once, type Run } from './run.js';

/** A call of the tables, and the `#if` conditions, as alternatives, under which its name means that. */
interface Tabled {
  name: string;
  when: readonly (readonly string[])[];
}

/** What a called name means in a file: a call of the tables, the driver's own functions of that name for other kernels, or both. */
export function meant(
  { program, reference, graph }: Run,
  name: string | null,
): Omit<Tabled, 'name'> & { api: string | null; shims: readonly FunctionReference[] } {
  if (name === null) return { api: null, when: [], shims: [] };
  const { definitions, tabled } = program.meaning(name, reference.file);
  const assumed = [...graph.assumptions, ...reference.item.conditions];
  const when = tabled.filter((conditions) => !excludes(assumed, conditions));
  return { api: when.length > 0 ? name : null, when, shims: definitions };
}

/** Applies what the tables say of a call; false if they say nothing. */
export function apply(r: Run, n: Node, o: CallOperation, { name, when }: Tabled, facts: Facts): boolean {
  const release = releases.get(name);
  if (release) {
    applyRelease(r, n, o, release, when, facts);
    return true;
  }
  if (dirtyCalls.has(name)) {
    const value = o.args.find((a) => contentsOf(a, facts, r.scope).length > 0);
    if (!value?.path) return true;
    if (once(r, 'dirty', n.pos)) r.flow.dirties.push({ ...at(n), api: name, fact: value.path, assumptions: [...neededAt(r, n.pos, when)] });
    else needsToo(r, n.pos, when, r.flow.dirties.find((e) => e.pos === n.pos)?.assumptions ?? []);
    return true;
  }
  if (extraReferenceCalls.has(name)) {
    const value = o.args[0];
    if (value?.path && contentsOf(value, facts, r.scope).includes('')) takeExtra(r, n, facts, value.path);
    return true;
  }
  if (unmappingCalls.has(name)) {
    const value = o.args[0];
    if (value?.path && contentsOf(value, facts, r.scope).includes('')) facts.add(`+${originalOf(r, value.path)}`);
    return true;
  }
  if (freeingCalls.has(name)) {
    for (const a of freedOf(name, o.args)) if (a.path !== null && !a.address) drop(facts, a.path, false);
    return true;
  }
  const moves = movesOf(r.program, r.reference.file, o, name);
  if (moves) {
    applyMoves(r, n, o, name, moves, facts);
    return true;
  }
  return false;
}

function applyMoves(r: Run, n: Node, o: CallOperation, name: string, moves: readonly (readonly [string, string])[], facts: Facts): void {
  const input = new Set(facts);
  for (const [from, to] of moves) {
    const source = placeOf(o, from);
    const target = placeOf(o, to);
    if (!source || !target || target.path === null) continue;
    const scratch = new Set(input);
    const isContained = /@(sgl|bvec|skb|pipe)/.test(to);
    const form = pageNumbers.get(name);
    copyInto(r, scratch, target, source, { pos: n.pos, text: `${moveWord(from, to, name)} by ${name}()`, form, isContained });
    for (const fact of scratch) facts.add(fact);
    if (isContained && source.path !== null) giveExtra(r, n, facts, source.path);
  }
}

function moveWord(from: string, to: string, name: string): string {
  if (to.includes('@sgl')) return 'put in the scatterlist';
  if (to.includes('@bvec')) return 'put in the bvec';
  if (to.includes('@skb')) return 'put in the skb';
  if (to.includes('@pfn')) return `turned into a ${pageNumbers.get(name) ?? 'frame number'}`;
  if (to.includes('@address')) return mappingName.test(name) ? 'mapped' : 'its address is taken';
  if (from.includes('@')) return 'fetched back';
  return 'handed on';
}

function applyRelease(r: Run, n: Node, o: CallOperation, release: ReleaseCall, when: Tabled['when'], facts: Facts): void {
  const place = placeOf(o, release.pages);
  if (!place?.path) return;
  const held = contentsOf(place, facts, r.scope);
  // A container is dropped with all that is in it; of anything else, only what is at the place itself.
  const hit = release.shape === 'container' ? held.length > 0 : held.includes('') || (place.address && held.includes('[]'));
  if (!hit) return;
  // An extra reference is a plain one, so a drop of a pin is not a drop of it.
  if (release.drops !== 'pin' && giveExtra(r, n, facts, place.path)) return;
  const flag = typeof release.dirty === 'number' ? o.args[release.dirty] : undefined;
  // On kernels where the call has no such argument it always marks.
  const always = release.dirty === true || (typeof release.dirty === 'number' && flag === undefined);
  const dirty = always || (flag !== undefined && !saysNo(r, flag));
  const partial = facts.has('?short') && !facts.has('?all');
  if (once(r, 'release', n.pos, release.name))
    r.flow.releases.push({
      ...at(n),
      call: release,
      api: release.name,
      fact: place.path,
      dirty,
      partial,
      assumptions: [...neededAt(r, n.pos, when)],
    });
  else
    for (const e of r.flow.releases)
      if (e.pos === n.pos && e.api === release.name) {
        e.partial &&= partial;
        needsToo(r, n.pos, when, e.assumptions);
      }
  const [from = null] = originsOf(place, facts, r);
  const path = place.path;
  note(r, `-${n.pos}`, () => ({ kind: 'made', pos: n.pos, from, path, text: `dropped by ${release.name}()` }));
  const before = [...facts];
  released(r, facts, place.path);
  // Where a drop is done only in some rounds, some pages stay. A test of the page itself, `if (page)`, leaves none.
  const isOfPage = (g: Guard): boolean =>
    !g.negated && g.values.length === 0 && g.path !== null && (g.path === path || g.path === rootOf(path));
  inEveryRound(
    r,
    n,
    r.loops.lost,
    before.filter((f) => !facts.has(f)),
    isOfPage,
  );
}

/** True for zero, and for a constant with that value. */
function saysNo({ program, reference }: Run, { path, text }: Value): boolean {
  return path === null ? zero.test(text) : program.constant(path, reference.file) === 0;
}

/** The `#if` conditions that the statement at an offset depends on in this variant: one list for each of `when`. */
function neededAt({ program, reference, graph, needed }: Run, pos: number, when: Tabled['when']): readonly (readonly string[])[] {
  let found = needed.get(pos);
  if (!found) {
    const around = assumedAt(program.textOf(reference), pos - reference.item.pos, graph.assumptions);
    const assumed = [...around, ...program.armAt(reference, pos, graph.assumptions)];
    found = when.map((conditions) => [...assumed, ...conditions]);
    needed.set(pos, found);
  }
  return found;
}

/** Adds the conditions of this variant to those of an event that another variant has noted. */
function needsToo(r: Run, pos: number, when: Tabled['when'], assumptions: (readonly string[])[]): void {
  for (const needed of neededAt(r, pos, when)) if (!assumptions.includes(needed)) assumptions.push(needed);
}
