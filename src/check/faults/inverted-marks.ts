/**
 * Pages that are taken for writing only if a flag says one thing, and marked dirty only if it says the opposite: what is written to is
 * always dropped clean.
 */
import { sourcesOf } from '../../flow/flow.js';
import type { Visit } from '../../flow/visit.js';
import { type Graph, isStore, leadsTo, type Node } from '../../program/graph.js';
import { memberAt } from '../../program/members.js';
import { rootOf } from '../../program/path.js';
import { folderOf } from '../../program/place.js';
import { dirtyCalls, pagesArgument, releases } from '../../protocol/index.js';
import type { Subject } from '../../survey/unit.js';
import { stepAt } from '../data/access.js';
import { areExclusive, isNo, isSteady, knownIn, type Said, saidBy } from '../data/conditions.js';
import { markedWhereTold } from '../data/frames.js';
import { withWrites } from '../data/written.js';
import { releasesIn } from '../evidence.js';
import { type Complaint, stepIn, taken } from '../finding.js';

/** A call that marks pages dirty, and what is known where it does. */
interface Marking {
  visit: Visit;
  node: Node;
  name: string;
  said: readonly Said[];
}

/** Complaints about the marks, if each is made only where the pages were not taken for writing. */
export function invertedMarks(subject: Subject): Complaint[] {
  const { program, site, row } = subject;
  const wanted = takenWhere(subject);
  if (wanted.length === 0) return [];
  const marks = marksIn(subject);
  const denied = marks.map((mark) => deniedBy(subject, wanted, mark));
  if (marks.length === 0 || denied.some((said) => said === null) || markedWhereTold(subject).length > 0) return [];
  return marks.map(({ visit, node, name }, i) => {
    const { where, said } = denied[i] as Denial;
    const { file, name: by } = visit.flow.reference;
    const path = [
      taken(subject),
      stepIn(program, site.reference, where.pos, `taken for writing only where ${textOf(where.said)}`),
      stepAt(subject, visit, node.pos, `marked dirty by ${name}() only where ${textOf(said)}`),
    ];
    const message = `pages taken by ${row.api}() for writing are marked dirty only where they were not taken for writing`;
    return { message, file, function: by, pos: node.pos, path: withWrites(subject, visit, path) };
  });
}

function textOf({ path, value, is }: Said): string {
  const name = path.replaceAll('.', '->');
  if (value === '0') return `${name} is ${is ? 'zero' : 'not zero'}`;
  return `${name} ${is ? 'is' : 'is not'} ${value}`;
}

/** What is known wherever the site passes FOLL_WRITE, by the place where it is named; nothing if it is named nowhere in the function. */
interface Wanted {
  pos: number;
  said: readonly Said[];
}

function takenWhere({ site: { graph, node } }: Subject): Wanted[] {
  const known = knownIn(graph);
  const isWrite = ({ operation: o }: Node): boolean =>
    (o?.kind === 'clear' && write.test(o.text)) || (o?.kind === 'copy' && !o.source.path?.startsWith('%') && write.test(o.source.text));
  const places = graph.nodes.filter((n) => isWrite(n) && leadsTo(graph, n, (m) => m === node));
  return places.map((n) => ({ pos: n.pos, said: [...(known[n.id] ?? []), ...(known[node.id] ?? [])] }));
}

const write = /\bFOLL_WRITE\b/;

/** All marks of the site's pages in the folders where these are taken and dropped. */
function marksIn(subject: Subject): Marking[] {
  const { program, followed, row } = subject;
  const folders = new Set([row.file, ...releasesIn(subject).map((s) => s.visit.flow.reference.file)].map(folderOf));
  const found = new Map<string, Marking>();
  for (const visit of followed.visits) {
    const { reference } = visit.flow;
    if (!folders.has(folderOf(reference.file))) continue;
    for (const graph of program.graphs(reference))
      for (const node of graph.nodes) {
        const said = markedWhere(graph, node);
        const name = (node.operation?.kind === 'call' && node.operation.name) || '';
        if (said !== null) found.set(`${reference.file}:${node.pos}`, { visit, node, name, said });
      }
  }
  return [...found.values()];
}

/** What is known where a node marks pages dirty; `null` for a node that marks none. */
function markedWhere(graph: Graph, { id, operation: o }: Node): Said[] | null {
  if (o?.kind !== 'call' || o.name === null) return null;
  const flag = releases.get(o.name)?.dirty ?? dirtyCalls.has(o.name);
  if (flag === false) return null;
  const e = typeof flag === 'number' ? o.expressions[flag] : undefined;
  if (e && isNo(e)) return null;
  return [...(knownIn(graph)[id] ?? []), ...(e ? saidBy(e, true) : [])];
}

/** What denies that the pages were taken for writing. */
interface Denial {
  where: { pos: number; said: Said };
  said: Said;
}

/** What is known at a mark that excludes each place where the pages are taken for writing; `null` if nothing does. */
function deniedBy(subject: Subject, wanted: readonly Wanted[], mark: Marking): Denial | null {
  const { program, site } = subject;
  const denials = wanted.map(({ pos, said: all }): Denial | null => {
    for (const first of all)
      for (const said of mark.said)
        if (areExclusive(program, site.reference.file, first, said) && areSame(subject, first.path, mark, said.path))
          return { where: { pos, said: first }, said };
    return null;
  });
  return denials.every((denial) => denial !== null) ? (denials[0] ?? null) : null;
}

/** True if a path at the site and one at a mark have the same value: a variable of the function, or a member of the pages' object. */
function areSame(subject: Subject, at: string, { visit, node }: Marking, path: string): boolean {
  const { program, site, followed } = subject;
  const { reference } = visit.flow;
  if (reference.key === site.reference.key && at === path && program.graphs(reference).every((graph) => isSteady(graph, at))) return true;
  const [first] = followed.visits;
  const own = first ? [...first.flow.origins.keys()].map(rootOf) : [];
  const place = placeOfPages(node);
  const held = place === null ? [] : sourcesOf(visit.flow, place).map(rootOf);
  return memberNames(subject, at, own).some((name) => {
    const suffix = path.slice(rootOf(path).length);
    if (!held.includes(rootOf(path)) || name.slice(rootOf(name).length) !== suffix) return false;
    const [graph] = program.graphs(reference);
    const one = memberAt(program, site.reference, site.graph, name);
    const other = graph ? memberAt(program, reference, graph, path) : null;
    return one !== null && one.tag === other?.tag && isKept(subject, one.tag, one.field);
  });
}

/** The path that a marking call is given the pages by. */
function placeOfPages({ operation: o }: Node): string | null {
  if (o?.kind !== 'call') return null;
  const release = releases.get(o.name ?? '');
  return o.args[release ? pagesArgument(release) : 0]?.path ?? null;
}

/** The members of the pages' object that have the value of a path at the site: itself, or those that a parameter is stored in before. */
function memberNames({ site: { graph, node } }: Subject, at: string, own: readonly string[]): string[] {
  const isOwn = (path: string): boolean => rootOf(path) !== path && own.includes(rootOf(path));
  if (isOwn(at)) return [at];
  if (!isSteady(graph, at)) return [];
  return graph.nodes.flatMap((n) => {
    const o = n.operation;
    const isCopy = o?.kind === 'copy' && o.source.path === at && !o.source.address && isOwn(o.target);
    return isCopy && leadsTo(graph, n, (m) => m === node) ? [o.target] : [];
  });
}

/** A member that more files than this access is anybody's. */
const mostFiles = 20;

/**
 * True for a member that nothing sets while the pages are held: it is set before they are taken, or elsewhere, to what somebody has asked
 * for. A constant that is stored elsewhere may be a change of state.
 */
function isKept({ program, site, followed }: Subject, tag: string, field: string): boolean {
  const files = program.tree.filesAccessing(field);
  const visited = new Set(followed.visits.map((v) => v.flow.reference.key));
  if (files.length > mostFiles) return false;
  return files
    .flatMap((file) => program.touching(file, [field], tag))
    .every((reference) =>
      program.graphs(reference).every((graph) =>
        graph.nodes.every((n) => {
          const o = n.operation;
          const isIt = (path: string | null): boolean => {
            const member = path?.endsWith(`.${field}`) ? memberAt(program, reference, graph, path) : null;
            return member?.tag === tag;
          };
          if (o?.kind === 'call') return !o.args.some((a) => a.address && isIt(a.path));
          if (!isStore(o) || !isIt(o.target)) return true;
          const isSite = reference.key === site.reference.key;
          if (isSite) return graph.nodes.every((m) => m.pos !== site.node.pos || !leadsTo(graph, m, (to) => to === n));
          return !visited.has(reference.key) && o.kind === 'copy' && o.source.path !== null;
        }),
      ),
    );
}
