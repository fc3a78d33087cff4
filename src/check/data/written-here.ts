/**
 * Pages that a function writes to itself and drops clean, on a path on which nobody else is given them: a mark that is made elsewhere, on
 * other paths, is not made on this one.
 */
import { sourcesOf } from '../../flow/flow.js';
import type { SeenRelease } from '../../flow/releases.js';
import { arrivalsOf, type Visit } from '../../flow/visit.js';
import type { FunctionReference } from '../../program/file.js';
import { type CallOperation, type Graph, isStore, leadsTo, type Node } from '../../program/graph.js';
import { rootOf } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import { allocatingCalls, dirtyCalls } from '../../protocol/index.js';
import type { Subject } from '../../survey/unit.js';
import { releasesIn } from '../evidence.js';
import { type Access, accessesOf, marking, mayWrite } from './access.js';
import { destinationOf } from './destination.js';
import { isOfTheKernel } from './written.js';

/** A write to a page, and the drop of that page in the same function. */
export interface WrittenHere {
  access: Access;
  /** The variable that has the page. */
  variable: string;
  release: SeenRelease;
  /** Position of the drop, or of the call that leads to it. */
  pos: number;
}

/** Such drops of a site's pins, the last one for each write. For plain references, the complaint is that they should be pins. */
export function writtenHere(subject: Subject): WrittenHere[] {
  const { row, site, program } = subject;
  if (row.reference === 'get' || row.case?.number === 3) return [];
  const written = accessesOf(subject).filter((a) => !a.device && !isOfTheKernel(subject, a.visit));
  const drops = written.length === 0 ? [] : releasesIn(subject).filter(({ event: e }) => !e.dirty && !e.partial && !e.call.frees);
  const found = written.flatMap((access): WrittenHere[] => {
    const variable = variableOf(access);
    if (variable === null) return [];
    const here = drops.flatMap((release) => dropsAt(release, access.visit, variable).map((pos) => ({ access, variable, release, pos })));
    const last = here.filter((drop) => isUnseen(program, drop)).sort((a, b) => b.pos - a.pos)[0];
    return last === undefined ? [] : [last];
  });
  const isMeant = (): boolean => (site.acquire.iterator !== null ? destinationOf(site, program) !== null : mayWrite(subject));
  return found.length > 0 && isMeant() ? found : [];
}

/** The local variable in which a function has the page that it writes to; `null` if there is none. */
function variableOf({ visit: { flow }, fact }: Access): string | null {
  return sourcesOf(flow, fact).find((source) => /^[A-Za-z_]\w*$/.test(source)) ?? null;
}

/** How many calls may lead from the function to the drop. */
const maxLevels = 3;

/** Positions at which a function drops what a variable has, itself or through functions that it calls. */
function dropsAt({ visit, event }: SeenRelease, at: Visit, variable: string): number[] {
  let ways = [{ visit, pos: event.pos, fact: event.fact }];
  const found: number[] = [];
  for (let level = 0; level <= maxLevels && ways.length > 0; level++) {
    for (const way of ways) if (way.visit === at && way.fact === variable) found.push(way.pos);
    ways = ways.flatMap(({ visit: v }) =>
      (v.way === 'call' ? arrivalsOf(v) : []).map((a) => ({ visit: a.visit, pos: a.pos, fact: a.fact })),
    );
  }
  return found;
}

/**
 * True if a path leads from where the variable is set, through the write, to the drop, without anybody being given the page or anything
 * being marked.
 */
function isUnseen(program: Program, { access, variable, pos }: WrittenHere): boolean {
  const { reference } = access.visit.flow;
  return program.graphs(reference).some((graph) => {
    const own = new Set([access.pos, pos]);
    const sets = ({ operation: o }: Node): boolean => isStore(o) && o.target === variable;
    const bars = (n: Node): boolean => sets(n) || (!own.has(n.pos) && isSeen(program, reference, n, variable));
    const isWrite = (n: Node): boolean => n.pos === access.pos && n.operation !== null;
    const isDrop = (n: Node): boolean => n.pos === pos && n.operation?.kind === 'call';
    const isBehind = graph.nodes.some((n) => isWrite(n) && leadsTo(graph, n, isDrop, bars));
    return isBehind && settersIn(graph, variable).some((n) => leadsTo(graph, n, isWrite, (m) => bars(m) || isDrop(m)));
  });
}

/** The nodes that set a local variable; none for a parameter, whose page others may have had before. */
function settersIn({ nodes, params }: Graph, variable: string): Node[] {
  return params.some((p) => p.name === variable) ? [] : nodes.filter(({ operation: o }) => isStore(o) && o.target === variable);
}

/** True for a node that gives the page to somebody, keeps it under another name, or marks something. */
function isSeen(program: Program, { file }: FunctionReference, { operation: o }: Node, variable: string): boolean {
  if (o?.kind === 'copy') return o.source.path === variable && !o.target.startsWith('%');
  if (o?.kind === 'return') return o.value?.path === variable;
  if (o?.kind !== 'call') return o?.kind === 'unread';
  if (o.name === null || dirtyCalls.has(o.name) || allocatingCalls.includes(o.name)) return true;
  if (isMarker(program, file, o)) return true;
  return !program.isNeutral(o.name, file) && o.args.some(({ path }) => path !== null && rootOf(path) === variable);
}

/** True for a call of a function nearby that names a marking call. */
function isMarker(program: Program, file: string, { name }: CallOperation): boolean {
  return name !== null && program.resolveNear(name, file).some((r) => marking.test(program.textOf(r)));
}
