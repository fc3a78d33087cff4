/** Loops that undo the iterations of another loop, each of which took a page, but leave out the first or the last page. */
import { indexOf } from '../../flow/paths/loops/unwind.js';
import { type CallOperation, type Graph, isStore, type Loop, leadsTo, type Node } from '../../program/graph.js';
import { unindexed } from '../../program/path.js';
import { releases } from '../../protocol/index.js';
import { acquiredOf } from '../../survey/sites.js';
import type { Subject } from '../../survey/unit.js';
import type { Expression } from '../../syntax/ast.js';
import { type Complaint, stepIn, taken } from '../finding.js';

/** The page that is left out. */
type Left = 'first' | 'last';

/** An index that the loop sets as it begins; its name is captured. */
const own = '(?:int |unsigned int |unsigned long |size_t )?(\\w+)';

/** Heads of loops, with `I` for the index that the iterations have come to, that go through all elements below it but one. */
const heads: readonly (readonly [head: string, left: Left])[] = [
  ['while ?\\( ?--I ?(?:> ?0 ?)?\\)', 'first'],
  ['while ?\\( ?I-- ?> ?1 ?\\)', 'first'],
  ['while ?\\( ?I ?> ?1 ?\\) ?\\{? ?(?:--I|I--) ?;', 'first'],
  ['while ?\\( ?I ?> ?1 ?\\) ?\\{?[^;]*\\[ ?--I ?\\]', 'first'],
  ['for ?\\( ?(?:--I|I--|I ?-= ?1|I ?= ?I ?- ?1) ?; ?I ?> ?0 ?;', 'first'],
  [`for ?\\( ?${own} ?= ?I ?- ?1 ?; ?\\1 ?> ?0 ?;`, 'first'],
  [`for ?\\( ?${own} ?= ?1 ?; ?\\1 ?< ?I ?;`, 'first'],
  [`for ?\\( ?${own} ?= ?0 ?; ?\\1 ?< ?I ?- ?1 ?;`, 'last'],
];

/** A loop that counts from zero and takes a page in each iteration. */
interface Rounds {
  graph: Graph;
  node: Node;
  loop: Loop;
  index: string;
  /** The array that the pages are put in. */
  array: string;
}

/** Complaints about drops of all but one of the pages that the iterations before a failure have taken. */
export function shortUnwindings(subject: Subject): Complaint[] {
  const { program, site } = subject;
  if (acquiredOf(program, site).count !== '1') return [];
  return program.graphs(site.reference).flatMap((graph) => {
    const rounds = roundsIn(subject, graph);
    return rounds === null ? [] : loopsBehind(rounds).flatMap((loop) => complaintsOf(subject, rounds, loop));
  });
}

function roundsIn(subject: Subject, graph: Graph): Rounds | null {
  const { site } = subject;
  const node = graph.nodes.find((n) => n.operation?.kind === 'call' && n.operation.pos === site.call.pos);
  const call = node?.operation;
  const loop = node?.loops.at(-1);
  const at = site.signature?.pages ?? null;
  if (!node || call?.kind !== 'call' || !loop || at === null) return null;
  const index = placedBy(call.expressions[at]);
  const path = call.args[at]?.path ?? null;
  if (index === null || path === null || !new RegExp(`^for ?\\( ?(?:\\w+ )*${index} ?= ?0 ?;`).test(textOf(subject, loop))) return null;
  return { graph, node, loop, index, array: unindexed(path) };
}

/** The index variable of an argument that is the address of an element: `i` of `&pages[i]` and of `pages + i`; `null` for any other. */
function placedBy(e: Expression | undefined): string | null {
  if (e?.kind === 'unary' && e.op === '&') return indexOf(e);
  return e?.kind === 'binary' && e.op === '+' && e.right.kind === 'identifier' ? e.right.name : null;
}

function textOf({ program, site }: Subject, loop: Loop): string {
  return program.between(site.reference.file, loop.pos, loop.end).replace(/\s+/g, ' ');
}

/** The loops that are reached from the iterations while the index is unchanged, and from where no path leads back to the acquiring call. */
function loopsBehind({ graph, node, loop, index }: Rounds): Loop[] {
  const isLast = (n: Node): boolean => !n.loops.includes(loop) || !leadsTo(graph, n, (m) => m === node);
  const behind = graph.nodes.filter((n) => isLast(n) && n.pos > node.pos);
  const others = new Set(behind.flatMap((n) => n.loops).filter((l) => l !== loop && !node.loops.includes(l)));
  const sets = ({ operation: o, loops }: Node): boolean => isStore(o) && o.target === index && !loops.includes(loop);
  return [...others].filter((other) => {
    const isChanged = (n: Node): boolean => sets(n) && !isWithin(n, other);
    return leadsTo(graph, node, (n) => n.loops.includes(other), isChanged);
  });
}

function complaintsOf(subject: Subject, rounds: Rounds, loop: Loop): Complaint[] {
  const { program, site, row } = subject;
  const { graph, index } = rounds;
  const text = textOf(subject, loop);
  const left = heads.find(([head]) => new RegExp(`^${head.replaceAll('I', index)}`).test(text))?.[1];
  if (left === undefined) return [];
  const isDrop = (n: Node): boolean => droppedBy(rounds, n) !== null;
  const drop = graph.nodes.find((n) => n.loops.at(-1) === loop && isDrop(n));
  // Another drop of the array may be of the page that is left out.
  const isRest = (n: Node): boolean => n !== drop && isDrop(n) && (!n.loops.includes(rounds.loop) || isWithin(loop, rounds.loop));
  if (!drop || graph.nodes.some((n) => isRest(n) && (leadsTo(graph, n, (m) => m === drop) || leadsTo(graph, drop, (m) => m === n))))
    return [];
  const { file, name } = site.reference;
  return [
    {
      message: `the ${left} of the pages that ${row.api}() took in earlier iterations is not dropped with the others`,
      ...{ file, function: name, pos: drop.pos },
      path: [
        taken(subject),
        stepIn(program, site.reference, loop.pos, `walks the entries below ${index}, but not the ${left}`),
        stepIn(program, site.reference, drop.pos, `dropped by ${droppedBy(rounds, drop)?.name}()`),
      ],
    },
  ];
}

function isWithin(inner: Node | Loop, { pos, end }: Loop): boolean {
  return inner.pos >= pos && inner.pos < end;
}

/** The call, if it drops an element of the array; else `null`. */
function droppedBy({ array }: Rounds, { operation: o }: Node): CallOperation | null {
  if (o?.kind !== 'call' || !releases.has(o.name ?? '')) return null;
  return o.args.some(({ path }) => path !== null && unindexed(path) === array) ? o : null;
}
