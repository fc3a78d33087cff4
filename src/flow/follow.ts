/**
 * The interprocedural part: from a site through callees, callers, fields, globals and callbacks to wherever its reference
 * goes. A visit is one function entered in one way; visits are remembered across sites, since what a function does with a
 * fact does not depend on who took the reference.
 */

import type { FunctionReference } from '../program/file.js';
import { callsOf, type Node } from '../program/graph.js';
import { join, rootOf, splitSteps, suffixAfter } from '../program/path.js';
import { folderOf, isNear } from '../program/place.js';
import type { Program } from '../program/program.js';
import { handedContainers } from '../protocol/index.js';
import { analyse, holdingIn } from './analyse.js';
import { type Analysis, emptyFlow, type FunctionFlow, type Seed, type UnknownEvent } from './flow.js';
import { isElsewhen } from './kernels.js';
import { openLookups } from './lookups.js';
import { matters } from './matters.js';
import { isHandedOut, mentionsReleases } from './mentions.js';
import { isElsewhere } from './objects.js';
import { filesFor, leadsTo, mayReceive } from './reach.js';
import { summaries } from './summary.js';
import { type Followed, maxCallDepth, type Start, type Visit, type Way } from './visit.js';

export interface Follower {
  follow(start: Start): Followed;
  /** For following single facts through single functions with the same memory. */
  analysis: Analysis;
}

const maxVisits = 400;

/** What a recursive call is taken to do: it keeps what it was given; the outer evaluation sees all else that it does. */
function unchanged(program: Program, callee: FunctionReference, entry: string): FunctionFlow {
  const index = (program.variants(callee)[0]?.params ?? []).findIndex((p) => p.name === rootOf(entry));
  return { ...emptyFlow(callee), outs: index < 0 ? [] : [[index, entry.slice(rootOf(entry).length)]] };
}

/** A follower over a program; it remembers what functions do, so one serves all sites of a survey. */
export function openFollower(program: Program): Follower {
  const { ledger } = program;
  const flows = ledger.memo<FunctionFlow>();
  const looksUp = openLookups(program);

  const reaches = ledger.memo<readonly string[]>();

  /** {@link filesFor}, remembered. */
  function reach(heap: string, near: readonly string[], everywhere: boolean): readonly string[] {
    const key = `${heap}\0${near.join('\0')}\0${everywhere}`;
    return reaches.get(key) ?? reaches.work(key, () => filesFor(program, heap, near, everywhere));
  }

  const summary = summaries(
    ledger,
    (callee, entry) => analyse(analysis, callee, [{ pos: null, facts: [entry] }]),
    (callee, entry) => unchanged(program, callee, entry),
  );
  const analysis: Analysis = { program, summary, matters: (callee, suffix, from) => matters(program, callee, suffix, from) };

  function flowFor(reference: FunctionReference, seeds: readonly Seed[], key: string): FunctionFlow {
    return flows.get(key) ?? flows.work(key, () => analyse(analysis, reference, seeds));
  }

  function follow(start: Start): Followed {
    const visits: Visit[] = [];
    const wrappers: FunctionReference[] = [];
    const seen = new Map<string, Visit>();
    const heapSeen = new Map<string, Visit>();
    const heapFiles = new Map<string, Set<string>>();
    const queue: Visit[] = [];
    let cut = false;
    let handedOn: readonly string[] = [];

    const visit = (key: string, way: Way, make: () => FunctionFlow, parent: Visit['parent'], heap: string | null) => {
      const known = seen.get(key);
      if (known) {
        if (way === 'call' && known.way === 'call' && parent) known.also.push(parent);
        return;
      }
      if (visits.length >= maxVisits) {
        cut = true;
        return;
      }
      const made: Visit = { id: visits.length, way, flow: make(), parent, also: [], heap, depth: (parent?.visit.depth ?? 0) + 1 };
      seen.set(key, made);
      visits.push(made);
      queue.push(made);
    };

    const drain = () => {
      for (let v = queue.shift(); v; v = queue.shift()) expand(v);
    };

    const expand = (v: Visit) => {
      for (const c of v.flow.calls) {
        if (!isElsewhen(start, c.callee))
          visit(`${c.callee.key}|${c.entry}`, 'call', () => summary(c.callee, c.entry), { visit: v, pos: c.pos, fact: c.fact }, v.heap);
      }
      for (const h of v.flow.heap) if (!heapSeen.has(h)) heapSeen.set(h, v);
      for (const u of v.flow.unknowns) if (u.indirect) toOperation(v, u);
      for (const c of v.flow.callbacks) {
        for (const callee of program.resolve(c.callee, v.flow.reference.file)) {
          const param = (program.variants(callee)[0]?.params ?? []).find((p) => p.type.tag === c.tag);
          const entry = param ? join(param.name, c.suffix) : null;
          if (entry)
            visit(`${callee.key}|${entry}`, 'callback', () => summary(callee, entry), { visit: v, pos: c.pos, fact: entry }, v.heap);
        }
      }
      // What a callee hands back is taken up by its caller's own flow; otherwise all callers may receive it.
      if (v.way !== 'call') toCallers(v);
    };

    /**
     * Generic code that is handed the reference back calls an operation of the object, which several drivers define: of those,
     * the one that the site's own file installs.
     */
    const toOperation = (v: Visit, { name, pos, given }: UnknownEvent) => {
      const own = program.installed(start.reference.file, name);
      const [callee] = own.length === 1 ? own : [];
      if (callee?.file !== start.reference.file || v.flow.reference.file === callee.file) return;
      const params = program.variants(callee)[0]?.params ?? [];
      given.forEach((suffixes, index) => {
        for (const suffix of suffixes) {
          const entry = params[index] ? join(params[index].name, suffix) : null;
          if (entry) visit(`${callee.key}|${entry}`, 'callback', () => summary(callee, entry), { visit: v, pos, fact: entry }, v.heap);
        }
      });
    };

    /** Who calls the site's function, if nobody near by does: it is a library's, and its users get at the pages by its header. */
    const usersElsewhere = (): string[] => {
      const users = program.callSites(start.reference).map(({ caller }) => caller.file);
      return users.some((file) => isNear(file, folderOf(start.reference.file))) ? [] : users;
    };

    /** What functions do that are called, a macro for such a call being that call. */
    const calledBy = ({ calls }: FunctionFlow): FunctionFlow[] =>
      calls.flatMap(({ callee, entry }) => [summary(callee, entry), ...(callee.macro ? calledBy(summary(callee, entry)) : [])]);

    const toCallers = (v: Visit) => {
      const { reference, returns, outs } = v.flow;
      const handed = [
        ...returns.map((s) => `%result${s}`),
        ...outs.filter(([index, suffix]) => suffix !== '' && gained(v, index, suffix)).map(([index, suffix]) => `%arg${index}${suffix}`),
      ].sort();
      if (handed.length === 0 || v.depth > maxCallDepth) return;
      // A field that only leads callees to memory of the function's callers is not where it found the pages.
      const heap = v.flow.storedThrough ? null : v.heap;
      const near = [reference.file, start.reference.file, ...(reference.file.endsWith('.h') ? usersElsewhere() : [])];
      const callers = program
        .callers(reference)
        .filter(
          (caller) => mayReceive(heap, handed, caller.file, near) && !isElsewhere(program, caller, start) && !isElsewhen(start, caller),
        );
      if (v.way === 'site') handedOn = handed;
      // An exported function that nobody calls hands on to whoever will, unless it keeps what it took, or drops it and has but
      // left it in memory that it was given.
      const keeps =
        v.flow.heap.length > 0 ||
        (!outs.some(([index, suffix]) => storesAt(reference, index, suffix)) &&
          [v.flow, ...calledBy(v.flow)].some((f) => f.releases.some((e) => !e.partial)));
      if ((callers.length > 0 || (!reference.static && !keeps)) && !wrappers.some((w) => w.key === reference.key)) wrappers.push(reference);
      for (const caller of callers) {
        const key = `${caller.key}<${reference.key}|${handed.join()}`;
        const seeds: Seed[] = [];
        for (const graph of program.graphs(caller)) {
          for (const { node } of callsOf(graph, reference.name)) {
            if (!seeds.some((s) => s.pos === node.pos)) seeds.push({ pos: node.pos, callee: reference.name, facts: handed });
          }
        }
        if (seeds.length > 0)
          visit(key, 'return', () => flowFor(caller, seeds, key), { visit: v, pos: seeds[0]?.pos ?? 0, fact: handed[0] ?? '' }, heap);
      }
    };

    /** True if a function stores at what is below a parameter, or on the way there: `*out = pages`. */
    const storesAt = (reference: FunctionReference, index: number, suffix: string): boolean => {
      const name = program.variants(reference)[0]?.params[index]?.name ?? '';
      const place = join(name, suffix) ?? '';
      const stores = ({ operation: o }: Node): boolean => o?.kind === 'copy' && o.target !== name && suffixAfter(place, o.target) !== null;
      return program.graphs(reference).some(({ nodes }) => nodes.some(stores));
    };

    /** True if the parameter was given the reference here, not merely passed through with it. */
    const gained = (v: Visit, index: number, suffix: string): boolean => {
      const name = program.variants(v.flow.reference)[0]?.params[index]?.name;
      const fact = name === undefined ? null : join(name, suffix);
      const origin = fact === null ? undefined : v.flow.origins.get(fact);
      return origin !== undefined && !(origin.from === null && origin.text === 'held on entry');
    };

    const toField = (heap: string, file: string, from: Visit) => {
      let done = heapFiles.get(heap);
      if (!done) {
        done = new Set();
        heapFiles.set(heap, done);
      }
      if (done.has(file)) return;
      done.add(file);
      const fields = splitSteps(heap.slice(rootOf(heap).length))
        .filter((s) => s.startsWith('.'))
        .map((s) => s.slice(1));
      const name = fields.at(-1) ?? '';
      const content = /@(?:pfn|address|sgl|bvec)$/.exec(heap)?.[0];
      const variable = heap.startsWith('#::') ? rootOf(heap.slice(1)).replace('::', '') : null;
      // A variable that is but another file's own is another one.
      const isOwn = [start.reference.file, from.flow.reference.file].includes(file);
      if (variable !== null && !isOwn && program.global(variable, file)?.static) return;
      const functions = variable !== null ? program.naming(file, variable) : program.touching(file, fields, rootOf(heap).slice(1));
      for (const reference of functions) {
        if (reference.macro || (content && !looksUp(reference, name, content, [start.reference.file, from.flow.reference.file]))) continue;
        if (!leadsTo(program, reference, heap) || isElsewhere(program, reference, start) || isElsewhen(start, reference)) continue;
        const key = `${reference.key}|${heap}`;
        visit(
          key,
          'field',
          () => flowFor(reference, [{ pos: null, facts: [heap] }], key),
          { visit: from, pos: from.flow.origins.get(heap)?.pos ?? 0, fact: heap },
          heap,
        );
      }
    };

    /**
     * A bio, skb or pipe that was filled goes to the kernel and comes back to another function of the file, by a way that no
     * call shows: those that drop what such a parameter holds are where it ends. An skb comes back to who is named to the kernel:
     * functions that free any skb are no more its end than those of the network core, which its owner calls.
     */
    const teardown = (): void => {
      const { file } = start.reference;
      const held = new Set(
        visits
          .filter((v) => v.flow.reference.file === file)
          .flatMap((v) => [...v.flow.origins.keys()].map((f) => /@\w+$/.exec(f)?.[0] ?? '')),
      );
      const from = visits[0];
      if (!from) return;
      for (const callee of program.file(file)?.functions ?? []) {
        if (callee.macro || !mentionsReleases(program, callee)) continue;
        for (const param of program.variants(callee)[0]?.params ?? []) {
          const content = handedContainers.get(param.type.tag ?? '');
          const entry = content !== undefined && held.has(content) && param.type.pointers === 1 ? join(param.name, content) : null;
          if (entry === null || summary(callee, entry).releases.length === 0) continue;
          if (content === '@skb' && !isHandedOut(program, callee)) continue;
          const fact = [...from.flow.origins.keys()].find((f) => f.endsWith(content as string)) ?? entry;
          visit(`${callee.key}|${entry}`, 'callback', () => summary(callee, entry), { visit: from, pos: start.pos, fact }, null);
        }
      }
    };

    const { pos, facts, layouts, acquired } = start;
    const seeds: Seed[] = [{ pos, facts, layouts, acquired }];
    const key = `${start.reference.key}!${start.pos}`;
    visit(key, 'site', () => flowFor(start.reference, seeds, key), null, null);
    drain();
    // Fields are looked for near by first: the file, its folder and those below; the whole tree only if nothing is released there.
    for (let changed = true; changed; ) {
      changed = false;
      for (const [heap, from] of heapSeen) {
        for (const file of reach(heap, [start.reference.file, from.flow.reference.file], false)) {
          if (heapFiles.get(heap)?.has(file)) continue;
          toField(heap, file, from);
          changed = true;
        }
      }
      drain();
      if (changed || visits.some((v) => v.way !== 'site' && v.flow.releases.some((e) => !e.partial))) continue;
      for (const [heap, from] of heapSeen) {
        for (const file of reach(heap, [start.reference.file], true)) {
          if (heapFiles.get(heap)?.has(file)) continue;
          toField(heap, file, from);
          changed = true;
        }
      }
      drain();
    }
    teardown();
    drain();
    return {
      visits,
      wrappers,
      handed: handedOn,
      heap: [...heapSeen.keys()],
      cut,
      holding: (graph) => holdingIn(analysis, start.reference, graph, seeds),
    };
  }

  return { follow, analysis };
}
