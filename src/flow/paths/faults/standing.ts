/**
 * Setups that still lead to dropped pages: a call was given what holds the pages, has set something up and succeeded. Where a later call
 * fails, the pages are dropped, and nothing undoes the setup first, though another path of the function or the end of the object does.
 */
import type { FunctionReference } from '../../../program/file.js';
import { asCallOf, type Graph, leadsTo, type NamedCall, type Node, namedCall, nodesBehind } from '../../../program/graph.js';
import { pathBelow, rootOf, suffixAfter, type Value } from '../../../program/path.js';
import type { Program } from '../../../program/program.js';
import { remembered } from '../../../program/remembered.js';
import { errorCalls, freeingCalls, releases, undoneBy } from '../../../protocol/index.js';
import { printExpression } from '../../../syntax/print.js';
import { otherNames } from '../../facts.js';
import { factsAt } from '../../flow.js';
import { type Entry, isSeed } from '../entry.js';
import { saysFailure, testedBy } from '../function/tested.js';
import type { Exit } from '../memory/state.js';
import { type PathStep, spokenSteps } from '../memory/trail.js';
import { saysFailed } from '../walk/keeping.js';

/** A failure that drops the pages and leaves the setup. */
export interface Standing {
  /** Offset of the branch that turns to the failure. */
  pos: number;
  /** The path. */
  steps: PathStep[];
  /** Names: of the call that has set it up, the call that undoes it elsewhere, and the function with that call. */
  by: readonly [setUp: string, undoing: string, caller: string];
}

/** A call that sets something up, with the names of calls that undo it. */
interface SetUp {
  node: Node;
  call: NamedCall;
  undone: ReadonlySet<string>;
}

/** A call that undoes a setup before the pages are dropped. */
interface Undoing {
  reference: FunctionReference;
  node: Node;
  name: string;
}

/** A variant of a function in which pages are dropped. */
interface Within {
  program: Program;
  reference: FunctionReference;
  graph: Graph;
  entry: Entry;
  /** The nodes that drop. */
  ends: readonly Node[];
  /** The paths that hold the pages, or what was made of them. */
  reached: ReadonlySet<string>;
}

/**
 * The failures of a function that drop the pages and leave a setup that leads to them.
 *
 * @param exits its exits
 * @param entry how the pages come into it
 */
export function standingIn(program: Program, reference: FunctionReference, exits: readonly Exit[], entry: Entry): Standing[] {
  const dropped = exits.filter((e) => e.kind === 'dropped' && e.drop !== null && saysFailed(e));
  if (dropped.length === 0) return [];
  return program.graphs(reference).flatMap((graph) => {
    const setUps = setUpsOf(program)(graph, reference.file);
    const ends = setUps.length === 0 ? [] : dropsIn(graph, new Set(dropped.map((e) => e.drop?.pos)));
    if (ends.length === 0) return [];
    const within = { program, reference, graph, entry, ends, reached: reachedFrom(graph, heldIn(graph, entry)) };
    const found = setUps.flatMap((setUp) => leftBy(within, setUp));
    if (found.length === 0) return [];
    const steps = stepsHere(reference, dropped[0] as Exit);
    return found.map((standing) => ({ ...standing, steps: [...steps, ...standing.steps] }));
  });
}

/** The calls of a graph that set something up, if its file names a call that undoes it. */
const setUpsOf = remembered((program: Program) =>
  program.ledger.remembered((graph: Graph, file: string): readonly SetUp[] => {
    return graph.nodes.flatMap((node) => {
      const call = namedCall(node);
      const undone = call === null ? [] : undoneBy(call.name).filter((name) => program.says(file, new RegExp(`${name}\\(`)));
      return call && undone.length > 0 ? [{ node, call, undone: new Set(undone) }] : [];
    });
  }),
);

/** The nodes with calls at some offsets, and with calls written the same. */
function dropsIn({ nodes }: Graph, places: ReadonlySet<number | undefined>): Node[] {
  const drops = nodes.flatMap((n) => (places.has(n.pos) ? (namedCall(n) ?? []) : []));
  const names = new Set(drops.map((o) => o.name));
  const written = ({ expressions }: NamedCall): string => expressions.map(printExpression).join();
  const isOne = (o: NamedCall): boolean => drops.some((d) => d === o || (d.name === o.name && written(d) === written(o)));
  return drops.length === 0
    ? []
    : nodes.filter((n) => n.operation?.kind === 'call' && names.has(n.operation.name ?? '') && isOne(n.operation as NamedCall));
}

/** The paths that hold the pages where they come into a function. */
function heldIn(graph: Graph, entry: Entry): string[] {
  return graph.nodes.flatMap((n) => {
    const o = n.operation;
    if (o?.kind !== 'call' || !isSeed(n, entry)) return [];
    const below = (of: number, suffix: string): string[] => {
      const value = of === -1 ? { path: o.result, address: false, text: '' } : o.args[of];
      const path = value && pathBelow(value, suffix);
      return path ? [path] : [];
    };
    if (entry.kind === 'site')
      return factsAt(entry, o).flatMap((fact) => {
        const [, of = '-1', suffix = ''] = /^%(?:result|arg(\d+))(.*)$/.exec(fact) ?? [];
        return below(Number(of), suffix);
      });
    return entry.kind === 'returned' && asCallOf(o, entry.callee)
      ? entry.exits.flatMap(({ holders }) => holders.flatMap((h) => below(h.of, h.suffix)))
      : [];
  });
}

/** Those paths, their other names, and local pointers that a call which was given one of them may have set: `setup(pages, &obj)`. */
function reachedFrom(graph: Graph, held: readonly string[]): ReadonlySet<string> {
  const found = new Set(held.flatMap((path) => [path, ...otherNames(path, graph)]));
  for (const n of graph.nodes) {
    const o = namedCall(n);
    if (o?.args.some((a) => isOn(a.path, found)))
      for (const { address, path } of o.args)
        if (address && path !== null && rootOf(path) === path && graph.types.get(path)?.pointers === 1) found.add(path);
  }
  return found;
}

/** True for a path that leads to one of some others, or is below one. */
function isOn(path: string | null, some: ReadonlySet<string>): boolean {
  return path !== null && [...some].some((other) => suffixAfter(other, path) !== null || suffixAfter(path, other) !== null);
}

/** The steps of a path up to where the pages come into a function. */
function stepsHere({ file, name }: FunctionReference, { trail }: Exit): PathStep[] {
  const steps = spokenSteps(trail);
  return steps.slice(0, 1 + steps.findIndex((step) => step.file === file && step.function === name));
}

/** The failures behind a setup call that leave its setup. */
function leftBy(within: Within, setUp: SetUp): Standing[] {
  const { program, reference, graph, entry, ends, reached } = within;
  const { node, call, undone } = setUp;
  const isTaken = (): boolean => graph.nodes.some((n) => isSeed(n, entry) && leadsTo(graph, n, (m) => m === node));
  if (!call.args.some((a) => isOn(a.path, reached)) || !isTaken()) return [];
  const isNamed = (n: Node): boolean => undone.has(namedCall(n)?.name ?? '');
  const here = graph.nodes.some(isNamed) ? undoneHere(within, setUp) : undefined;
  const turnsOf = (isUndoing: (n: Node) => boolean): Turn[] => [
    ...turnsBehind(within, setUp, isUndoing),
    ...turnsInRounds(within, setUp, isUndoing),
  ];
  if (here === null || turnsOf(isNamed).length === 0) return [];
  const by = here ?? undoneElsewhere(within, setUp);
  if (by === null) return [];
  // A callee that undoes it may have any name: that is looked at last, as it is expensive.
  const behind = [...nodesBehind(graph, node, () => false)];
  const mayCall = (name: string): boolean =>
    undone.has(name) || (!program.isNeutral(name, reference.file) && mentions(program, reference.file, name, undone));
  const names = new Set([...new Set(behind.map((n) => namedCall(n)?.name ?? ''))].filter(mayCall));
  const undoes = new Set(behind.filter((n) => names.has(namedCall(n)?.name ?? '')));
  if (ends.some((n) => undoes.has(n)) || (by.reference !== reference && undoes.size > 0)) return [];
  const step = (r: FunctionReference, { pos }: Node, text: string): PathStep => ({ file: r.file, function: r.name, pos, text });
  return turnsOf((n) => undoes.has(n)).map(({ turn, end }) => {
    const steps = [
      step(reference, node, `passed to ${call.name}(), which sets up what leads to the pages`),
      step(reference, turn, 'returns an error here with that still set up'),
      step(reference, end, `dropped by ${namedCall(end)?.name}()`),
      step(by.reference, by.node, `here ${by.name}() undoes it before the drop`),
    ];
    return { pos: turn.pos, steps, by: [call.name, by.name, by.reference.name] };
  });
}

/** A failure, and the drop that it leads to with nothing undone before. */
interface Turn {
  turn: Node;
  end: Node;
}

/**
 * The failures in a loop that sets something up for each page, with all pages taken before and dropped behind the loop: what earlier
 * iterations have set up is left.
 */
function turnsInRounds(within: Within, { node }: SetUp, isUndoing: (n: Node) => boolean): Turn[] {
  const { graph, entry, ends } = within;
  const isSetUp = (n: Node): boolean => n === node;
  const loop = node.loops.find((l) => ![...ends, ...graph.nodes.filter((n) => isSeed(n, entry))].some((n) => n.loops.includes(l)));
  if (!loop) return [];
  const turns = graph.nodes.filter((n) => n.loops.includes(loop) && n.operation?.kind === 'assume' && saysFailure(graph, n));
  return turns.flatMap((turn) => {
    if (leadsTo(graph, turn, isSetUp) || !leadsTo(graph, node, (n) => n === turn)) return [];
    return turnTo(within, turn, isUndoing) ?? [];
  });
}

/** A failure with the drop that it leads to; `null` if something is undone before, or may be. */
function turnTo(within: Within, turn: Node, isUndoing: (n: Node) => boolean, isAnew?: (n: Node) => boolean): Turn | null {
  const { graph, ends } = within;
  const isEnd = (n: Node): boolean => ends.includes(n);
  const end = leadsTo(graph, turn, isUndoing, isEnd) ? undefined : ends.find((n) => leadsTo(graph, turn, (m) => m === n, isAnew));
  const isBetween = (n: Node): boolean => n !== end && leadsTo(graph, turn, (m) => m === n, isEnd) && leadsTo(graph, n, isEnd);
  return end === undefined || graph.nodes.some((n) => mayUndo(within, n) && isBetween(n)) ? null : { turn, end };
}

/** The failures behind a setup, each with the drop that it leads to with nothing undone before. */
function turnsBehind(within: Within, { node, call }: SetUp, isUndoing: (n: Node) => boolean): Turn[] {
  const { graph, entry, ends } = within;
  const isNode = (n: Node): boolean => n === node;
  // Another iteration may be about another object.
  const isAnew = (n: Node): boolean => n === node || isSeed(n, entry) || node.loops.some((l) => n.operation === null && n.pos === l.pos);
  const behind = nodesBehind(graph, node, isUndoing);
  const around = nodesBehind(graph, graph.nodes[graph.entry] as Node, isNode);
  // The failure is reached behind the setup, and in no other way.
  const turns = graph.nodes.filter((n) => n.operation?.kind === 'assume' && behind.has(n) && !around.has(n) && saysFailure(graph, n));
  const tests = turns.length === 0 ? [] : [...behind].filter((n) => testedBy(graph, n).includes(call.result));
  // What leads to the drop by later failures only, `if (wanted) { ret = …; if (ret) goto …; }`, is none itself.
  const isEnd = (n: Node): boolean => ends.includes(n);
  const isOne = (turn: Node): boolean => leadsTo(graph, turn, isEnd, (n) => n !== turn && turns.includes(n));
  return turns.filter(isOne).flatMap((turn) => {
    if (endsRounds(graph, turn, isUndoing)) return [];
    const isTurn = (n: Node): boolean => n === turn;
    const passed = tests.filter((t) => t === turn || leadsTo(graph, t, isTurn, isNode));
    // Not a failure of the setup itself, nor one where the setup may have failed, too.
    if (passed.some((t) => t === turn || passed.some((other) => other !== t && other.pos === t.pos))) return [];
    return turnTo(within, turn, isUndoing, isAnew) ?? [];
  });
}

/** True for the end of a loop that undoes in its iterations: it undoes as many as were set up, even none. */
function endsRounds({ nodes }: Graph, turn: Node, isUndoing: (n: Node) => boolean): boolean {
  const ended = turn.loops.filter((l) => turn.successors.every((id) => !nodes[id]?.loops.includes(l)));
  return ended.length > 0 && nodes.some((n) => isUndoing(n) && n.loops.some((l) => ended.includes(l)));
}

/** A call that undoes the setup on another path of the function, behind the setup. */
function undoneHere({ reference, graph, ends }: Within, { node, call, undone }: SetUp): Undoing | null {
  for (const n of graph.nodes) {
    const o = namedCall(n);
    const isOne = o !== null && undone.has(o.name) && isOfSame(graph, o, call);
    if (isOne && leadsTo(graph, node, (m) => m === n) && leadsTo(graph, n, (m) => ends.includes(m)))
      return { reference, node: n, name: o.name };
  }
  return null;
}

/** True for a call that is given only what another call was given, or has returned. */
function isOfSame({ aliases }: Graph, undoing: NamedCall, { expressions, result }: NamedCall): boolean {
  const given = new Set(expressions.map(printExpression));
  const results = new Set([result, ...aliases.flatMap((a) => (a.source.path === result ? [a.target] : []))]);
  return undoing.expressions.every((e, i) => {
    const path = undoing.args[i]?.path ?? null;
    return path === null || /^[A-Z\d_]+$/.test(path) || results.has(path) || given.has(printExpression(e));
  });
}

/** A call that undoes the setup in another function of the file, which then drops such pages: the end of the object. */
function undoneElsewhere({ program, reference, graph: own, ends, reached }: Within, { call, undone }: SetUp): Undoing | null {
  const drops = new Set(ends.map((n) => namedCall(n)?.name ?? ''));
  const isDrop = (n: Node): boolean => drops.has(namedCall(n)?.name ?? '') || releases.has(namedCall(n)?.name ?? '');
  const text = new RegExp(`\\b(?:${[...undone].join('|')})\\s*\\(`);
  const tagAt = (graph: Graph, path: string): string | [] => program.typeOf(path, graph, reference.file)?.tag ?? [];
  // What is in an object may be undone by something else in it: a mapped page by its address.
  const tagsOf = (graph: Graph, args: readonly Value[]): string[] =>
    args.flatMap(({ path }) => (path === null ? [] : [path, rootOf(path)].flatMap((p) => tagAt(graph, p))));
  const tags = tagsOf(
    own,
    call.args.filter((a) => isOn(a.path, reached)),
  );
  for (const other of program.searched(reference.file, text).filter((r) => !r.macro && r.key !== reference.key))
    for (const graph of program.graphs(other))
      for (const node of graph.nodes) {
        const o = namedCall(node);
        const isOne = o !== null && undone.has(o.name) && tagsOf(graph, o.args).some((tag) => tags.includes(tag));
        if (isOne && leadsTo(graph, node, isDrop)) return { reference: other, node, name: o.name };
      }
  return null;
}

/** True for a call of an unknown function that is given what holds the pages. */
function mayUndo({ program, reference: { file }, reached }: Within, { operation: o }: Node): boolean {
  if (o?.kind !== 'call') return o?.kind === 'unread';
  if (!o.args.some((a) => isOn(a.path, reached))) return false;
  if (o.name === null) return true;
  const isKnown = freeingCalls.has(o.name) || errorCalls.test(o.name) || program.isNeutral(o.name, file);
  return !isKnown && program.resolve(o.name, file).length === 0;
}

/** The most functions to look through for one name. */
const maxMentions = 40;

/** True if a function, or one that it calls or passes by name, names one of some others. */
function mentions(program: Program, from: string, name: string, wanted: ReadonlySet<string>): boolean {
  const seen = new Map<string, FunctionReference>();
  const add = (called: string, file: string): void => {
    if (seen.size < maxMentions && !program.isGeneral(called)) for (const r of program.resolve(called, file)) seen.set(r.key, r);
  };
  if (name !== '') add(name, from);
  for (const r of seen.values()) {
    for (const [word] of program
      .textOf(r)
      .slice(r.name.length)
      .matchAll(/\b[a-z_]\w+\b(?=\s*[(,)])/g)) {
      if (wanted.has(word)) return true;
      if (program.shell(r.file)?.byName.has(word)) add(word, r.file);
    }
  }
  return false;
}
