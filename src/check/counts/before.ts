/** What integers stand for when the acquiring call is reached, and behind it. */
import { forward } from '../../flow/forward.js';
import { suffixAfter } from '../../program/path.js';
import { after, type Known, type Names, type Words, wordless } from './symbols.js';
import type { Taking } from './taking.js';

/** What integers stand for behind the call: what they stood for before, its result, and what it has left in members. */
export function namesBehind(taking: Taking, words: Words): Names {
  const { call, left, status } = taking;
  const result: Known = { base: 'result', plus: 0 };
  const returned: Known = status === null ? result : { base: 'status', plus: 0 };
  return new Map([...namesBefore(taking, words), [call.result, returned], ...left.map((name): [string, Known] => [name, result])]);
}

/** The names of the number asked for, and the variables that hold one constant on every path to the call. */
function namesBefore(taking: Taking, words: Words): [string, Known][] {
  return [...constantsBefore(taking, words), ...askedBefore(taking)];
}

/** The names that hold the number asked for: the argument itself, copies of it, and what it was copied from. */
function askedBefore({ subject, reference, graph, start, asked }: Taking): [string, Known][] {
  const { program } = subject;
  if (asked.path === null) return [];
  const symbol: Known = { base: 'asked', plus: 0 };
  const only: Names = new Map([[asked.path, symbol]]);
  let names = only;
  for (const n of graph.nodes.filter((m) => m.pos < start.pos).sort((x, y) => x.pos - y.pos)) {
    const o = n.operation;
    if (o?.kind !== 'copy' && o?.kind !== 'clear' && o?.kind !== 'update') continue;
    if (suffixAfter(asked.path, o.target) === null) names = after(program, reference, n, names, wordless);
    else names = only;
    // `req->n = n` before `pin(…, req->n, …)`: `n` is the number asked for, too.
    if (o.kind !== 'copy' || o.target !== asked.path || !o.replaces || o.source.path === null || o.source.path.startsWith('%')) continue;
    const copied = after(program, reference, n, new Map([[o.source.path, symbol]]), wordless).get(asked.path);
    if (copied?.plus === 0) names = new Map([...only, [o.source.path, symbol]]);
  }
  return [...names].filter(([, s]) => s.base === 'asked');
}

/** The variables that hold one constant at the call, such as `err = 0`: a forward must-analysis. */
function constantsBefore({ subject, reference, graph, start }: Taking, words: Words): [string, Known][] {
  const first: Names = new Map();
  const before = forward(graph, first, (n, names) => after(subject.program, reference, n, names, words), meet);
  return [...(before[start.id] ?? [])].filter(([, s]) => s.base === 'number');
}

/** What both say (the join of the analysis); `old` itself if nothing of it is lost, so that the worklist sees that nothing changed. */
function meet(old: Names, other: Names): Names {
  const both = [...old].filter(([name, s]) => {
    const there = other.get(name);
    return there?.base === s.base && there.plus === s.plus;
  });
  return both.length === old.size ? old : new Map(both);
}
