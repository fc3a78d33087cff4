/** The transfer function for a call: by the tables, or by the summaries of the functions that it may call. */
import type { FunctionReference } from '../../program/file.js';
import { asCallOf, type CallOperation, isPrinted, type Node } from '../../program/graph.js';
import { join, pathBelow } from '../../program/path.js';
import { acquires, freeingCalls, iterators, linking, releases, transfers } from '../../protocol/index.js';
import { excludes } from '../../syntax/assumptions.js';
import { type Behind, behind, contentsOf, earlierRound, type Facts, impliedByField, isHeap, isLocal, outcomes } from '../facts.js';
import { type FunctionFlow, factsAt, isSeeding } from '../flow.js';
import { storesOf } from '../stores.js';
import { addExtra, giveExtra, put, putHeap, released } from './holding.js';
import { refill } from './refill.js';
import { at, once, type Run } from './run.js';
import { apply, meant } from './tabled.js';

/** The facts after a call. */
export function call(r: Run, n: Node, o: CallOperation, input: Facts): Facts {
  const seeded = r.seeds.some((s) => s.pos === n.pos && isSeeding(s, o));
  const given = input.size === 0 ? [] : o.args.map((a) => contentsOf(a, input, r.scope));
  const touched = given.some((g) => g.length > 0);
  const stored = input.size === 0 ? [] : storedBehind(r, o, input);
  if (
    !seeded &&
    !touched &&
    stored.length === 0 &&
    !(
      o.name !== null &&
      input.size > 0 &&
      (freeingCalls.has(o.name) || releases.has(o.name) || transfers.has(o.name) || iterators.has(o.name))
    )
  )
    return input;
  const facts = new Set(input);
  const own = o.name === null ? undefined : r.program.shell(r.reference.file)?.byName.get(o.name);
  const { api, when, shims } = meant(r, o.name);
  if (input.size > 0) {
    if (api !== null && apply(r, n, o, { name: api, when }, facts)) {
      // The tables say all that the call does, on kernels that have it; a driver's own version for other kernels is entered besides.
      if (shims.length > 0 && touched) {
        const elsewhere = new Set(input);
        into(r, n, o, shims, given, elsewhere);
        for (const fact of elsewhere) facts.add(fact);
      }
    } else if (!touched) {
      // Nothing of the reference is handed over.
    } else if (o.name !== null && (own || (!r.program.isNeutral(o.name, r.reference.file) && !acquires.has(o.name))))
      enter(r, n, o, o.name, given, facts);
    else if (o.name !== null && linking.test(o.name)) listed(r, n, o.name, given);
    else if (o.name === null && o.through !== null) indirect(r, n, o, given, facts);
    if (touched && !seeded && api !== null) refill(r, o, facts);
    if (stored.length > 0) r.flow.storedThrough = true;
    for (const { name, field } of stored) put(r, facts, name, field, n.pos, { text: `handed out by ${o.name}()` });
  }
  if (seeded) seed(r, n, o, input, facts);
  return facts;
}

/** Notes a page itself, not an object with it, that is put on a list: it is found there by no name. */
function listed(r: Run, { pos }: Node, name: string, given: readonly (readonly string[])[]): void {
  const isPage = given.some((suffixes) => suffixes.includes(''));
  if (isPage && once(r, 'astray', pos)) r.flow.astray.push({ pos, where: `by ${name}() on a list that is not followed` });
}

/** What a call stores through pointers in an object that it is given: `f.out = out; take(&f)`. */
function storedBehind(r: Run, o: CallOperation, facts: Facts): Behind[] {
  if (o.name === null) return [];
  const found = behind(o.args, facts, r.scope);
  if (found.length === 0 || r.program.isNeutral(o.name, r.reference.file)) return [];
  const callees = r.program.resolve(o.name, r.reference.file);
  return found.filter(({ argument, suffix }) => callees.some((callee) => storesOf(r.program)(callee, argument, suffix)));
}

/** Adds what begins to hold after a seed's call. */
function seed(r: Run, n: Node, o: CallOperation, input: Facts, facts: Facts): void {
  for (const s of r.seeds) {
    if (s.pos !== n.pos || !isSeeding(s, o)) continue;
    const called = s.callee === undefined ? o : asCallOf(o, s.callee);
    if (called === null) continue;
    for (const fact of factsAt(s, o)) {
      const path = fact.startsWith('%result') ? join(o.result, fact.slice(7)) : resolveSeed(called, fact);
      if (path === null) continue;
      if (isHeap(path)) putHeap(r, facts, path, path, n.pos, null);
      else put(r, facts, path, null, n.pos, { text: '', kind: 'taken' });
    }
    if (s.acquired) {
      // What an earlier loop iteration took is still held where this one fails.
      for (const fact of input) if (isLocal(fact) || isHeap(fact)) facts.add(earlierRound);
      for (const outcome of outcomes) facts.add(outcome);
      facts.add(`!${o.result}`);
    }
  }
}

/** The caller's path for a seed that is written by argument, `%arg3[]`. */
function resolveSeed(o: CallOperation, fact: string): string | null {
  const match = /^%arg(\d+)(.*)$/.exec(fact);
  if (!match) return fact;
  const value = o.args[Number(match[1])];
  return value ? pathBelow(value, match[2] ?? '') : null;
}

/** Enters the definitions of a function with what its arguments hold; notes a call that cannot be followed if there are none. */
function enter(r: Run, n: Node, o: CallOperation, name: string, given: string[][], facts: Facts): void {
  const definitions = r.program.resolve(name, r.reference.file);
  if (definitions.length === 0) {
    if (!given.every((suffixes, i) => suffixes.length === 0 || isPrinted(o, i))) unknown(r, n, name, false, given);
    return;
  }
  into(r, n, o, definitions, given, facts);
}

/** Notes once that the reference is handed to something that cannot be followed. */
function unknown(r: Run, n: Node, name: string, indirectly: boolean, given: readonly (readonly string[])[]): void {
  if (once(r, 'unknown', n.pos, name)) r.flow.unknowns.push({ ...at(n), name, indirect: indirectly, given });
}

/** A call through a pointer: enters the functions that may be behind it. */
function indirect(r: Run, n: Node, o: CallOperation, given: string[][], facts: Facts): void {
  if (o.through === null) return;
  const candidates = r.program.pointed(r.reference, o.through);
  if (candidates.length > 0) into(r, n, o, candidates, given, facts);
  else unknown(r, n, o.through, true, given);
}

/** Applies the summaries of some definitions, each for what each argument holds, to the facts after the call. */
function into(r: Run, n: Node, o: CallOperation, definitions: readonly FunctionReference[], given: string[][], facts: Facts): void {
  const kept = new Set<string>();
  const input = new Set(facts);
  for (const callee of definitions) {
    if (excludes([...r.graph.assumptions, ...r.reference.item.conditions], callee.item.conditions)) continue;
    const params = r.program.variants(callee)[0]?.params ?? [];
    given.forEach((suffixes, index) => {
      const param = params[index];
      const value = o.args[index];
      if (!param || param.name === '' || !value) return;
      for (const suffix of suffixes) {
        const entry = join(param.name, suffix);
        const fact = pathBelow(value, suffix) ?? value.path ?? '';
        if (entry === null || !r.matters(callee, suffix, r.reference)) {
          kept.add(fact);
          continue;
        }
        const result = r.summary(callee, entry);
        if (dropsOne(result, index, suffix) && giveExtra(r, n, facts, fact)) {
          kept.add(fact);
          continue;
        }
        if (once(r, 'call', n.pos, callee.key, entry)) r.flow.calls.push({ ...at(n), callee, entry, fact });
        if (result.extras.some(([i, s]) => i === index && s === suffix)) addExtra(r, n, facts, fact);
        for (const returned of result.returns)
          put(r, facts, join(o.result, returned), fact, n.pos, { text: `returned by ${callee.name}()` });
        for (const heap of result.heap) putHeap(r, facts, heap, fact, n.pos, callee.name);
        for (const [i, s] of result.outs) {
          const target = o.args[i];
          const path = target ? pathBelow(target, s) : null;
          if (i === index && s === suffix) kept.add(fact);
          else if (path !== null && !input.has(path)) put(r, facts, path, fact, n.pos, { text: `handed out by ${callee.name}()` });
        }
        const left = result.outs.some(([i, s]) => i === index && s === suffix) || impliedByField(suffix, new Set(result.heap));
        if (!left && !kept.has(fact) && !callee.macro) released(r, facts, fact);
      }
    });
  }
  for (const fact of kept) if (input.has(fact)) facts.add(fact);
}

/** True for a function that does nothing with what it is given but drop it as a plain reference: it may drop an extra one. */
function dropsOne({ releases: drops, heap, returns, outs }: FunctionFlow, index: number, suffix: string): boolean {
  if (drops.length === 0 || heap.length > 0 || returns.length > 0) return false;
  return drops.every((e) => e.call.drops !== 'pin') && !outs.some(([i, s]) => i === index && s === suffix);
}
