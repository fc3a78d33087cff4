/**
 * Frame numbers that come to one drop, some of which the function has computed from where a mapping of frames begins (`vm_pgoff`): on those
 * frames nobody has taken a reference.
 */
import { sourcesOf } from '../../flow/flow.js';
import type { SeenRelease } from '../../flow/releases.js';
import { arrivalsOf, type Visit } from '../../flow/visit.js';
import { areApart, type Clear, callNodeAt, type Graph, isStore, leadsTo, type Node, type Store } from '../../program/graph.js';
import { rootOf } from '../../program/path.js';
import { firstFrame } from '../../protocol/index.js';
import type { Subject } from '../../survey/unit.js';
import { no, zero } from '../../syntax/truth.js';
import { stepAt } from '../data/access.js';
import { releasesIn } from '../evidence.js';
import { type Complaint, taken } from '../finding.js';

/** A drop of the frame whose number a variable has, or a call that leads to it. */
interface FrameDrop {
  release: SeenRelease;
  visit: Visit;
  variable: string;
  pos: number;
}

/** Complaints about drops that a path leads to on which the number was computed. */
export function unreferenced(subject: Subject): Complaint[] {
  const { program, row } = subject;
  const drops = releasesIn(subject).filter(({ event }) => event.call.drops !== 'any');
  return drops.flatMap(framesDropped).flatMap(({ release, visit, variable, pos }): Complaint[] => {
    const { reference } = visit.flow;
    if (!program.textOf(reference).includes(firstFrame)) return [];
    const [computed] = program.graphs(reference).flatMap((graph) => computedIn(graph, variable, pos));
    if (computed === undefined) return [];
    const { api } = release.event;
    const steps = [
      stepAt(subject, visit, computed.pos, `${variable} is computed from ${firstFrame}, and no reference is taken`),
      stepAt(subject, visit, pos, `dropped by ${api}() in either case`),
    ];
    const message = `${api}() drops pages of ${row.api}(), and also frames on which no reference was taken`;
    return [{ message, file: reference.file, function: reference.name, pos, path: [taken(subject), ...steps] }];
  });
}

/** How many callers up the number is followed. */
const maxLevels = 4;

/** The variables that have the number of what is dropped, in the dropping function and in those that call it. */
function framesDropped(release: SeenRelease): FrameDrop[] {
  const found: FrameDrop[] = [];
  let ways = [{ visit: release.visit, pos: release.event.pos, fact: release.event.fact }];
  for (let level = 0; level <= maxLevels && ways.length > 0; level++) {
    for (const { visit, pos, fact } of ways)
      for (const source of sourcesOf(visit.flow, fact)) {
        const variable = /^([A-Za-z_]\w*)@pfn$/.exec(source)?.[1];
        if (variable !== undefined) found.push({ release, visit, variable, pos });
      }
    ways = ways.flatMap(({ visit: v }) => (v.way === 'call' ? arrivalsOf(v) : []).map(({ visit, pos, fact }) => ({ visit, pos, fact })));
  }
  return found;
}

/** The nodes that set a variable to such a computed number, from which a path leads to the drop with the number still there. */
function computedIn(graph: Graph, variable: string, pos: number): Node[] {
  const drop = callNodeAt(graph, pos);
  if (drop === undefined) return [];
  const isSet = ({ operation: o }: Node): boolean => isStore(o) && o.kind !== 'update' && o.target === variable;
  return graph.nodes.filter((n) => {
    if (!isSet(n) || !isFrom(graph, variable, n.pos, firstFrame)) return false;
    if (areApart(n.guards, drop.guards)) return false;
    const tells = tellingAside(graph, n, variable);
    return leadsTo(
      graph,
      n,
      (m) => m === drop,
      (m) => isSet(m) || tells(m),
    );
  });
}

/** True if what a variable is set to at a position has a member of that name in it, or a variable that was set to such an expression. */
function isFrom({ assigned }: Graph, target: string, pos: number, member: string): boolean {
  const named = new RegExp(`\\.${member}\\b`);
  const seen = new Set([target]);
  let texts = assigned.flatMap((a) => (a.target === target && a.pos === pos ? [a.text] : []));
  while (texts.length > 0 && !texts.some((text) => named.test(text))) {
    const names = new Set(texts.flatMap((text) => text.match(/(?<![.\w])[A-Za-z_]\w*/g) ?? []).filter((name) => !seen.has(name)));
    for (const name of names) seen.add(name);
    texts = assigned.flatMap((a) => (names.has(a.target) ? [a.text] : []));
  }
  return texts.length > 0;
}

/**
 * Makes a test for conditions that may tell a computed number from a taken one, or that cannot hold behind `computed`: a condition on a
 * flag that is set to constants, unless it is set together with the number to what agrees; or a call that is given the number.
 */
function tellingAside({ nodes }: Graph, computed: Node, variable: string): (n: Node) => boolean {
  const stores = nodes.flatMap(({ operation: o, guards }) => (isStore(o) && rootOf(o.target) === o.target ? [{ o, guards }] : []));
  const isConstant = (o: Store): o is Clear => o.kind === 'clear' && /^\w+$/.test(o.text);
  const around = JSON.stringify(computed.guards);
  const said = new Map(
    stores.flatMap(({ o, guards }) => (isConstant(o) && JSON.stringify(guards) === around ? [[o.target, o.text] as const] : [])),
  );
  const isFlag = (path: string): boolean => {
    const own = stores.filter(({ o }) => o.target === path);
    return own.length > 0 && own.every(({ o }) => isConstant(o));
  };
  return ({ operation: o }) => {
    if (o?.kind !== 'assume') return false;
    if (o.call?.args.some(({ path }) => path === variable)) return true;
    const text = said.get(o.left.path ?? '');
    if (text === undefined) return isFlag(o.left.path ?? '');
    const agrees = zero.test(o.right.text) && (o.op === '==' ? no.test(text) : o.op === '!=' && !no.test(text));
    return !agrees;
  };
}
