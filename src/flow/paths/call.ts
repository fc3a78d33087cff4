/** What a call does to the memory of a path and to the reference in it. */
import type { FunctionReference } from '../../program/file.js';
import type { CallOperation, Graph, Node } from '../../program/graph.js';
import { join, splitSteps } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import { structName } from '../../program/types.js';
import { acquires, dirtyCalls, extraReferenceCalls, freeingCalls, isNeutral, type ReleaseCall, releases } from '../../protocol/index.js';
import { excludes } from '../assumptions.js';
import { withSign } from './conditions.js';
import { baseOf, freed, holders, placeAt, placeBelow, put, reach, renewed, valueAt, valueIn } from './memory.js';
import { errorCalls, isAlwaysSet, type Shape } from './shape.js';
import { altered, type Exit, type Holder, outcome, type State, sign, type Trail, theReference, told } from './state.js';
import { moved } from './transfer.js';
import { elementOf, isBefore, loopOf } from './unwind.js';
import type { Entry, Walked } from './walk.js';

/** What a walk asks of the world around the function. */
export interface Context {
  program: Program;
  /** True if a function of this name, as seen from a file, may drop references. */
  mayDrop(name: string, file: string): boolean;
  /** True if what a function does with what it is handed may matter. */
  matters(callee: FunctionReference, suffix: string, from: FunctionReference): boolean;
  /** True if a function of this name, as seen from a file, may keep what it is given: it stores or lists it, or is not known. */
  mayKeep(name: string, file: string): boolean;
  /** What a function does with a reference below its parameters, given as paths. */
  effects(callee: FunctionReference, facts: readonly string[]): readonly Exit[];
}

export interface Called extends Context {
  reference: FunctionReference;
  graph: Graph;
  shape: Shape;
  entry: Entry;
  /** How many nodes may hand the reference in. */
  seeds: number;
  late(found: Walked['late'][number]): void;
  /** Notes that some way on from here is not followed. */
  unfollowed(): void;
}

const allocating =
  /^(k|kv|v)(m|z|c)?alloc\w*$|^k(m|z)alloc_\w+$|^(kcalloc|kvcalloc|kmalloc_array|kvmalloc_array|array_size|kmem_cache_z?alloc\w*|k?memdup\w*|__get_free_pages?|get_zeroed_page|drm_calloc_large|drm_malloc_ab|vmalloc_user|__vmalloc\w*)$/;
const linking =
  /^(list_(add|move|splice)\w*|hlist_add\w*|rb_link_node\w*|rb_insert\w*|llist_add\w*|idr_alloc\w*|xa_(store|insert|alloc)\w*|radix_tree_insert|interval_tree_insert|queue_(delayed_)?work\w*|schedule_\w*work\w*|kref_get\w*|fd_install|dev_set_drvdata|\w+_set_drvdata|INIT_WORK|timer_setup|call_rcu|rcu_assign_pointer)$/;
/** Their caller drops the reference that the mapping had: mm/rmap.c. */
const unmapping = /^(folio|page)_remove_rmap\w*$/;
const sending =
  /^(submit_bio\w*|blk_\w+|bio_(endio|chain|associate)\w*|generic_make_request|netif_\w+|dev_queue_xmit|iommu_map\w*|set_pte\w*|vm_insert_\w+|vmf_insert_\w+|remap_pfn_range|crypto_\w*(encrypt|decrypt|digest|hash)\w*|arch_\w+|kthread_\w+)$/;

/** The states after a call; none where the path cannot be followed. */
export function call(local: Called, n: Node, o: CallOperation, before: State): State[] {
  let state = setBehind(local, n, o, renewed(before, o.result));
  const { entry } = local;
  if (entry.kind === 'site' && n.pos === entry.pos && o.pos === entry.pos) return take(local, n, o, state);
  if (entry.kind === 'returned' && o.name === entry.callee) return handedBack(local, n, o, state, entry.exits);
  const own = o.name === null ? undefined : local.program.file(local.reference.file)?.byName.get(o.name);
  const api = o.name !== null && !own?.some((f) => f.static || f.macro) ? o.name : null;
  if (api !== null) {
    if (allocating.test(api)) return [allocated(state, o, api)];
    if (errorCalls.test(api)) return [put(state, o.result, valueIn(state, o.args[0]))];
    const release = releases.get(api);
    if (release) return drop(local, n, o, release, state);
    if (freeingCalls.has(api)) return [free(local, n, o, state)];
    const late = state.phase === 'released' ? lateUse(local, n, o, api, state) : null;
    if (late) return late;
    const tabled = moved(local, n, o, api, state);
    if (tabled) return tabled;
    if (extraReferenceCalls.has(api) || unmapping.test(api))
      return [
        reach(state, valueIn(state, o.args[0])).includes('') && state.phase === 'held' ? altered(state, { extra: state.extra + 1 }) : state,
      ];
    if (dirtyCalls.has(api)) return [state];
  }
  if (o.name !== null && linking.test(o.name)) state = linked(share(state, o), o);
  if (o.name === null || own || !isNeutral(o.name)) state = written(state, o);
  if (state.phase === 'before') return [escaped(local, state, o)];
  if (api !== null && acquires.has(api)) return [refilled(local, o, state)];
  const given = o.args.map((a) => reach(state, valueIn(state, a)));
  if (given.every((g) => g.length === 0)) {
    // Who drops pages of objects that it finds for itself may drop those of this one.
    const mayMean =
      entry.kind === 'object' &&
      state.phase === 'held' &&
      o.name !== null &&
      !isNeutral(o.name) &&
      local.mayDrop(o.name, local.reference.file);
    return mayMean ? [] : [escaped(local, state, o)];
  }
  if (o.name !== null && sending.test(o.name) && !own) return [];
  if (o.name !== null && !own && isNeutral(o.name)) {
    // Who is given a function may call it.
    return o.args.some(
      (a) => a.path !== null && !local.graph.types.has(a.path) && local.program.file(local.reference.file)?.byName.has(a.path),
    )
      ? []
      : [state];
  }
  const definitions =
    o.name !== null ? local.program.resolve(o.name, local.reference.file) : o.through === null ? [] : installed(local, o.through);
  if (definitions.length === 0) {
    if (o.name !== null && (local.program.isGeneral(o.name) || isData(local, o, given))) return [state];
    return given.some((g) => g.some((suffix) => suffix !== '')) ? unseen(local, n, o, state) : [];
  }
  const assumed = [...local.graph.assumptions, ...local.reference.item.conditions];
  const possible = definitions.filter((callee) => !excludes(assumed, callee.item.conditions));
  const dropping = possible.filter((callee) => local.mayDrop(callee.name, callee.file) && /\w\s*\(/.test(bodyOf(local, callee)));
  return (dropping.length > 0 ? dropping : possible).flatMap((callee) => enter(local, n, o, callee, given, state));
}

/**
 * The ways on from a call that cannot be looked into. Where it is tested to have failed it has taken nothing, by the kernel's
 * convention. Where it succeeds, what it did with the pages is not known.
 */
function unseen(local: Called, n: Node, o: CallOperation, state: State): State[] {
  local.unfollowed();
  const unsure: State = altered(state, { unsure: true });
  if (!local.shape.isDecided(o.result)) return [unsure];
  const failed = withSign(state, o.result, sign.negative);
  const done = withSign(unsure, o.result, sign.zero | sign.positive);
  return [...(failed ? [told(local, n, failed, `where ${o.name ?? o.through ?? 'a callback'}() fails`)] : []), ...(done ? [done] : [])];
}

/** True if all that a call is given of the pages is the address of their data: who copies it has no say in the reference. */
function isData({ graph }: Called, { args }: CallOperation, given: readonly string[][]): boolean {
  return given.every((suffixes, i) => {
    const type = graph.types.get(args[i]?.path ?? '');
    return suffixes.length === 0 || (suffixes.join() === '' && type?.pointers === 1 && structName(type) === null);
  });
}

function bodyOf({ program }: Called, callee: FunctionReference): string {
  const text = program.textOf(callee);
  return text.slice(text.indexOf('{'));
}

function installed(local: Called, field: string): FunctionReference[] {
  const found = local.program.installed(local.reference.file, field);
  return found.length === 1 ? found : [];
}

function allocated(state: State, o: CallOperation, name: string): State {
  const fresh = new Set([...state.fresh, o.result]);
  const zeroed = /zalloc|calloc|zeroed/.test(name) || o.args.some((a) => /__GFP_ZERO/.test(a.text));
  return altered(state, { fresh, ...(zeroed ? { zeroed: new Set([...state.zeroed, o.result]) } : {}) });
}

/** A number whose address is given to a function that stores there on all its ways is another one afterwards. */
function setBehind({ program, reference }: Called, n: Node, o: CallOperation, before: State): State {
  let state = before;
  o.args.forEach((a, i) => {
    const place = a.address && a.path !== null ? placeAt(state, a.path) : null;
    if (place === null || o.name === null || !/^[=~]/.test(state.store.get(place) ?? '')) return;
    const graphs = program.resolve(o.name, reference.file).flatMap(program.graphs);
    if (graphs.length === 0 || !graphs.every((graph) => isAlwaysSet(graph, `${graph.params[i]?.name}[]`))) return;
    const unknown = `?${n.id}_${i}`;
    state = put(renewed(state, unknown), place, unknown);
  });
  return state;
}

/** What a function is given it may write to. */
function written(state: State, o: CallOperation): State {
  if (state.zeroed.size === 0) return state;
  const bases = new Set(o.args.map((a) => (valueIn(state, a) ?? '').replace(/^&/, '')));
  const zeroed = [...state.zeroed].filter((z) => !bases.has(z));
  return zeroed.length === state.zeroed.size ? state : altered(state, { zeroed: new Set(zeroed) });
}

/** Another acquiring call: what it fills no longer is what stood there. */
function refilled(local: Called, o: CallOperation, state: State): State {
  let next = state;
  o.args.forEach((a, i) => {
    const value = valueIn(state, a);
    if (value === null || !isWhole(o, i)) return;
    for (const suffix of reach(state, value)) {
      if (!/^(\[\])+$/.test(suffix)) continue;
      const place = placeBelow(state, value, suffix);
      if (place === null) continue;
      const store = new Map(next.store);
      store.set(place, `${o.result}'`);
      next = altered(next, { store });
    }
  });
  if (next === state) return state;
  const end = told(local, o, next, `filled again by ${o.name}()${local.entry.kind === 'again' ? ' while it still holds pages' : ''}`);
  if (local.entry.kind === 'again' && holders(next).length === 0) local.late({ kind: 'over', trail: end.trail as Trail, pos: o.pos });
  return end;
}

/** True if an argument is a whole array, not a place in it. */
function isWhole(o: CallOperation, index: number): boolean {
  const e = o.expressions[index];
  if (!e) return true;
  if (e.kind === 'binary') return false;
  return !(
    e.kind === 'unary' &&
    e.op === '&' &&
    e.operand.kind === 'index' &&
    !(e.operand.index.kind === 'literal' && e.operand.index.text === '0')
  );
}

/** The acquiring call itself. */
function take(local: Called, n: Node, o: CallOperation, before: State): State[] {
  const { entry } = local;
  if (entry.kind !== 'site' || before.phase === 'released') return [];
  const { acquired } = entry;
  const outcomes = outcome.all | (acquired.result === 'count' && acquired.count !== '1' ? outcome.short : 0);
  const result = acquired.result === 'page' ? null : o.result;
  // Where the call takes nothing there is nothing to follow, but for what an earlier round still holds.
  const failed: State[] =
    before.phase === 'held' && acquired.result !== 'page'
      ? [
          told(
            local,
            n,
            altered(before, { outcomes: outcome.error | outcome.zero | outcome.earlier, result, asked: null, index: null }),
            `nothing taken by ${o.name}()`,
          ),
        ]
      : [];
  const filled = entry.facts.flatMap((f) => Number(/^%arg(\d+)/.exec(f)?.[1] ?? []));
  let state: State = altered(before, { phase: 'held', index: elementOf(o, filled, n.loops), outcomes, result, asked: null });
  for (const fact of entry.facts) {
    const match = /^%(result|arg(\d+))(.*)$/.exec(fact);
    const value = match?.[1] === 'result' ? o.result : valueIn(state, o.args[Number(match?.[2])]);
    if (value === null) return [];
    const suffix = match?.[3] ?? '';
    if (suffix === '[][]') state = withArray(state, value, o.result);
    state = put(state, suffix === '' ? value : placeBelow(state, value, suffix), theReference);
  }
  const count = acquired.countPath === null ? null : o.args.findIndex((a) => a.path === acquired.countPath);
  if (count !== null && count >= 0) state = altered(state, { asked: valueIn(state, o.args[count]) });
  else if (/^\d+$/.test(acquired.count)) state = altered(state, { asked: `=${acquired.count}` });
  return [told(local, n, state, `taken by ${o.name}()`), ...failed];
}

/** Where a local pointer to an array is handed in that leads nowhere yet, the call allocates the array. */
function withArray(state: State, pointer: string, result: string): State {
  if (!pointer.startsWith('&')) return state;
  const place = pointer.slice(1);
  const array = valueAt(state, place);
  if (baseOf(place) !== place || !(array === place || /^[=?]/.test(array))) return state;
  const made = `${result}~0`;
  const next = put(renewed(state, made), place, made);
  return altered(next, { fresh: new Set([...next.fresh, made]) });
}

/** A function that hands the reference to this one. */
function handedBack(local: Called, n: Node, o: CallOperation, state: State, exits: readonly Exit[]): State[] {
  if (state.phase === 'released') return [];
  // What another call hands in is another reference, and has paths of its own.
  if (state.phase === 'held' && state.from !== n.id) return [state];
  const others = state.phase === 'before' && local.seeds > 1 ? [state] : [];
  return [...others, ...exits.flatMap((exit) => handedBy(local, n, o, state, exit))];
}

function handedBy(local: Called, n: Node, o: CallOperation, state: State, exit: Exit): State[] {
  if (exit.kind !== 'held') return [];
  const earlier = state.phase === 'held' ? outcome.earlier : 0;
  let next: State | null = withSign(state, o.result, exit.result);
  if (!next) return [];
  next = altered(next, {
    phase: 'held',
    from: n.id,
    index: elementOf(
      o,
      exit.holders.map((h) => h.of),
      n.loops,
    ),
    outcomes: exit.outcomes | earlier,
    result: exit.counts ? o.result : null,
    asked: !exit.counts || exit.asked === null ? null : typeof exit.asked === 'string' ? exit.asked : valueIn(next, o.args[exit.asked.of]),
    extra: next.extra + exit.extra,
    trail: after(exit.trail, next.trail),
    linked: next.linked || exit.linked,
    unsure: next.unsure || exit.unsure,
  });
  next = equal(next, o.result, exit.equals);
  if (exit.allocated) next = altered(next, { fresh: new Set([...next.fresh, o.result]) });
  next = placed(next, o, exit.holders);
  return [told(local, n, next, `handed on by ${o.name}()${signText(exit.result)}`)];
}

function equal(state: State, value: string, constant: string | null): State {
  return constant === null ? state : altered(state, { conditions: new Map([...state.conditions, [`${value} == ${constant}`, true]]) });
}

function signText(bits: number): string {
  const { negative, zero, positive } = sign;
  if (bits === negative) return ', which failed';
  if (bits === zero) return ', which returned 0';
  return bits === positive || bits === (zero | positive) ? ', which succeeded' : '';
}

/** A trail behind another. */
function after(later: Trail | null, earlier: Trail | null): Trail | null {
  if (!later) return earlier;
  return { step: later.step, before: after(later.before, earlier) };
}

function placed(state: State, o: CallOperation, found: readonly Holder[]): State {
  let next = state;
  for (const h of found) {
    if (h.of === -2) next = put(next, h.suffix.startsWith('::') ? h.suffix : `::elsewhere ${h.suffix}`, theReference);
    else {
      const value = h.of === -1 ? o.result : valueIn(next, o.args[h.of]);
      if (value === null) continue;
      next = put(next, h.suffix === '' ? (h.of === -1 ? o.result : null) : placeBelow(next, value, h.suffix), theReference);
    }
  }
  return next;
}

/** A drop that the tables know. */
function drop(local: Called, n: Node, o: CallOperation, release: ReleaseCall, state: State): State[] {
  const place = /^(\d+)(.*)$/.exec(release.pages);
  const argument = o.args[Number(place?.[1])];
  const value = valueIn(state, argument);
  const suffixes = reach(state, value);
  const suffix = place?.[2] ?? '';
  const hit =
    release.shape === 'container'
      ? suffixes.some((s) => s.endsWith(splitSteps(suffix).at(-1) ?? suffix) || s === suffix || s === '')
      : suffixes.includes(suffix) || suffixes.includes('') || suffixes.includes('[]');
  if (!hit || state.phase === 'before') return [state];
  if (local.entry.kind === 'site' && release.shape === 'bulk' && isBefore(local.graph, local.entry.pos, o, Number(place?.[1])))
    return [state];
  if (state.phase === 'released') return again(local, n, o, state);
  if (state.extra > 0) return [altered(state, { extra: state.extra - 1 })];
  const whole =
    n.loops.length === 0 &&
    isWhole(o, Number(place?.[1])) &&
    !local.shape.offsets.has(argument?.path ?? '') &&
    (release.shape === 'bulk' || (argument?.path !== undefined && !/\[\]$/.test(argument?.path ?? '')));
  const next: State = altered(state, {
    phase: 'released',
    dropped: { pos: n.pos, call: release, whole, loop: loopOf(o, Number(place?.[1]), n.loops), places: holders(state) },
  });
  return [told(local, n, next, `dropped by ${o.name}()`)];
}

/** A drop of what was dropped before. */
function again(local: Called, n: Node, o: CallOperation, state: State): State[] {
  // Of an array, it may be an element that was not dropped.
  if (state.unsure || o.args[0]?.path?.endsWith('[]')) return [];
  if (!state.dropped?.whole || n.loops.length > 0 || !isWhole(o, 0) || local.shape.offsets.has(o.args[0]?.path ?? '')) return [];
  const end = told(local, n, state, `dropped again by ${o.name}()`);
  local.late({ kind: 'double', trail: end.trail as Trail, pos: n.pos });
  return [];
}

/** Calls that look into a page, or change what is known of it. */
const looking =
  /^(page_address|kmap\w*|set_page_dirty\w*|SetPage\w+|ClearPage\w+|folio_mark_dirty\w*|lock_page|unlock_page|folio_lock|folio_unlock|flush_dcache_page|copy_highpage|clear_highpage|memcpy_(to|from)_page|vmap|vm_map_ram)$/;

/** A page that is looked into after its last drop; `null` for any other call. */
function lateUse(local: Called, n: Node, o: CallOperation, name: string, state: State): State[] | null {
  if (state.unsure || !looking.test(name) || !state.dropped?.whole) return null;
  const isRead = o.args.some((a) => reach(state, valueIn(state, a)).some((s) => s === '' || (s === '[]' && /map/.test(name))));
  if (!isRead) return null;
  const end = told(local, n, state, `read by ${name}() after the drop`);
  local.late({ kind: 'use', trail: end.trail as Trail, pos: n.pos });
  return [];
}

function free(local: Called, n: Node, o: CallOperation, state: State): State {
  let next = state;
  for (const a of o.args) {
    const value = valueIn(state, a);
    if (value !== null) next = freed(next, value);
  }
  if (state.phase === 'held' && holders(next).length < holders(state).length)
    next = told(local, n, next, `${o.name}() frees what holds the pages, not the pages`);
  return next;
}

/** Objects that are put on a list, or handed to somebody who keeps them. */
function share(state: State, o: CallOperation): State {
  const bases = o.args.flatMap((a) => {
    const value = valueIn(state, a);
    const base = value === null ? null : (/^&?([^.[@]+)/.exec(value)?.[1] ?? null);
    return base !== null && state.fresh.has(base) && !state.shared.has(base) ? [base] : [];
  });
  return bases.length === 0 ? state : altered(state, { shared: new Set([...state.shared, ...bases]) });
}

/** True from then on for a reference that is reached from something that was listed or scheduled. */
function linked(state: State, o: CallOperation): State {
  if (state.linked || state.phase !== 'held') return state;
  const bases = new Set(holders(state).map(baseOf));
  const isOf = (value: string | null): boolean => value !== null && (bases.has(baseOf(value)) || reach(state, value).length > 0);
  return o.args.some((a) => isOf(valueIn(state, a))) ? altered(state, { linked: true }) : state;
}

/** A call that is not looked into may keep what it is given. */
function escaped(local: Called, state: State, o: CallOperation): State {
  if (state.fresh.size === 0 || (o.name !== null && isNeutral(o.name) && !linking.test(o.name))) return state;
  return o.name !== null && local.mayKeep(o.name, local.reference.file) ? share(state, o) : state;
}

/** A function whose body is known. */
function enter(local: Called, n: Node, o: CallOperation, callee: FunctionReference, given: readonly string[][], state: State): State[] {
  const params = local.program.variants(callee)[0]?.params ?? [];
  const facts: string[] = [];
  let skipped = false;
  given.forEach((suffixes, i) => {
    const name = params[i]?.name;
    for (const suffix of suffixes) {
      if (!local.matters(callee, suffix, local.reference)) {
        skipped = true;
        continue;
      }
      const fact = name ? join(name, suffix) : null;
      if (fact !== null && !facts.includes(fact)) facts.push(fact);
    }
  });
  // What is not entered keeps the reference as it is, unless it drops some.
  if (facts.length === 0) return skipped && !local.mayDrop(callee.name, callee.file) ? [state] : [];
  const exits = local.effects(callee, facts.sort());
  if (state.phase === 'released') return lateCall(local, n, o, callee, exits, state);
  return decided(exits).flatMap((exit) => taken(local, n, o, callee, given, exit, state));
}

/**
 * Where a function drops on one path and not on another, and its result does not tell which, it knows better than a walk
 * does: it is taken to drop.
 */
function decided(all: readonly Exit[]): readonly Exit[] {
  // What it keeps somewhere on one path, it may keep merged with another on the next.
  const exits = all.filter((e) => e.kind !== 'held' || !all.some((x) => x.kind === 'held' && (x.result & e.result) !== 0 && isMore(x, e)));
  const dropped = exits.filter((e) => e.kind === 'dropped');
  if (dropped.length === 0) return exits;
  const doubtful = (e: Exit): boolean => exits.some((x) => x.kind !== 'dropped' && (x.result & e.result) !== 0);
  return exits.flatMap((e) => {
    if (e.kind === 'dropped') return [doubtful(e) && e.drop ? { ...e, drop: { ...e.drop, whole: false } } : e];
    return dropped.some((d) => (d.result & e.result) !== 0) ? [] : [e];
  });
}

function isMore(a: Exit, b: Exit): boolean {
  return a.holders.length > b.holders.length && b.holders.every((h) => a.holders.some((k) => k.of === h.of && k.suffix === h.suffix));
}

/** A function is handed what was dropped before. */
function lateCall(local: Called, n: Node, o: CallOperation, callee: FunctionReference, exits: readonly Exit[], state: State): State[] {
  const isCertain = !state.unsure && exits.length > 0 && exits.every((e) => e.kind === 'dropped' && e.drop?.whole && !e.unsure);
  if (isCertain && state.dropped?.whole && n.loops.length === 0) {
    const first = exits[0] as Exit;
    const end = told(local, n, state, `passed to ${callee.name}()`);
    local.late({ kind: 'double', trail: after(first.trail, end.trail) as Trail, pos: n.pos });
    return [];
  }
  return exits.some((e) => e.kind === 'dropped' || e.kind === 'unknown') ? [] : [put(state, o.result, null)];
}

/** True for a way out on which a function says that it has failed, and so keeps nothing: an error, or no object. */
function hasFailed({ program }: Called, callee: FunctionReference, { result, unsure }: Exit): boolean {
  const pointer = (program.variants(callee)[0]?.returns.pointers ?? 0) > 0;
  return !unsure && (result === sign.negative || (pointer && result === sign.zero));
}

/** One of the ways out of a callee. */
function taken(
  local: Called,
  n: Node,
  o: CallOperation,
  callee: FunctionReference,
  given: readonly string[][],
  exit: Exit,
  state: State,
): State[] {
  if (exit.kind === 'unknown') return unseen(local, n, o, state);
  let next = withSign(exit.unsure ? altered(state, { unsure: true }) : state, o.result, exit.result);
  if (!next) return [];
  next = equal(next, o.result, exit.equals);
  if (exit.allocated) next = altered(next, { fresh: new Set([...next.fresh, o.result]) });
  const entered = `passed to ${callee.name}()`;
  const before = holders(next);
  // What the callee left where it was stays; what it took away from there is gone.
  const stays = new Set(
    exit.holders.flatMap((h) => {
      const value = h.of < 0 ? null : valueIn(state, o.args[h.of]);
      const place = value === null || h.suffix === '' ? null : placeBelow(state, value, h.suffix);
      return place === null ? [] : [place];
    }),
  );
  let store: Map<string, string> | null = null;
  given.forEach((suffixes, i) => {
    const value = valueIn(state, o.args[i]);
    for (const suffix of suffixes) {
      const place = value === null || suffix === '' ? null : placeBelow(state, value, suffix);
      if (place === null || stays.has(place) || state.store.get(place) !== theReference || !local.matters(callee, suffix, local.reference))
        continue;
      store ??= new Map(state.store);
      store.delete(place);
    }
  });
  if (store) next = altered(next, { store });
  if (exit.kind === 'dropped') {
    if (next.extra > 0) return [altered(next, { extra: next.extra - 1 })];
    const whole = exit.drop?.whole === true && n.loops.length === 0;
    const at = given.findIndex((suffixes) => suffixes.length > 0);
    const loop = loopOf(o, at, n.loops);
    next = altered(next, { phase: 'released', dropped: { pos: n.pos, call: exit.drop?.call ?? null, whole, loop, places: before } });
    return [altered(next, { trail: after(exit.trail, told(local, n, next, entered).trail) })];
  }
  if (!hasFailed(local, callee, exit) && local.mayKeep(callee.name, local.reference.file)) next = share(next, o);
  next = placed(altered(next, { extra: next.extra + exit.extra, linked: next.linked || exit.linked }), o, exit.holders);
  const changed = holders(next).join() !== before.join();
  if (!changed && exit.result === sign.any) return [next];
  const walked = told(local, n, next, `${entered}${signText(exit.result)}`);
  return [changed ? { ...walked, trail: after(exit.trail, walked.trail) } : walked];
}
