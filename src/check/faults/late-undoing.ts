/**
 * Pages that are dropped before somebody outside gives them back. Some call was given the pages, and the call that by its name undoes it
 * comes behind the drop, in the dropping function or in one that this calls with the object.
 */
import { contentsOf, isHeap, isLocal, scopeOf } from '../../flow/facts.js';
import { namesCalled } from '../../flow/paths/function/text.js';
import { calling, type FunctionReference } from '../../program/file.js';
import { type CallOperation, callNodeAt, type Graph, leadsTo, type Node, nodesBehind } from '../../program/graph.js';
import { lastMember, rootOf, type Value } from '../../program/path.js';
import { folderOf } from '../../program/place.js';
import type { Program } from '../../program/program.js';
import { remembered } from '../../program/remembered.js';
import { namesIn } from '../../program/text.js';
import { acquires, deviceCalls, extraReferenceCalls, pageUse, takenBackBy, toldBefore } from '../../protocol/index.js';
import type { Subject } from '../../survey/unit.js';
import { complaintAt } from '../evidence.js';
import { type Complaint, type FindingStep, stepIn } from '../finding.js';
import { argumentsOf, type Dropping, endsOfHolders, nameAt } from './droppings.js';
import { rootsOf, sourcesOf } from './leading.js';

/** A call that tells somebody outside the driver of the pages. */
interface Telling {
  reference: FunctionReference;
  pos: number;
  name: string;
  /** The members that are among its arguments, and those that keep its result. */
  members: ReadonlySet<string>;
}

/** A call that takes this back. */
interface Undoing {
  reference: FunctionReference;
  /** Position where the dropping function calls the one that makes it; `null` if it makes it itself. */
  called: number | null;
  pos: number;
  name: string;
  telling: Telling;
}

/** Complaints about calls that take the pages back too late, behind a drop of them. */
export function undoneTooLate(subject: Subject): Complaint[] {
  const { program, row } = subject;
  const found = new Map<string, Complaint>();
  for (const dropping of endsOfHolders(subject)) {
    const { reference, pos, release, sometimes } = dropping;
    if (sometimes) continue;
    for (const graph of program.graphs(reference))
      for (const { telling, name, ...late } of undoingsBehind(subject, dropping, graph)) {
        const key = `${late.reference.file}:${late.pos}`;
        if (found.has(key)) continue;
        const message = `pages of ${row.api}() are dropped before ${name}() undoes ${telling.name}(), which was given them`;
        const complaint = complaintAt(subject, release, message);
        const steps: FindingStep[] = [
          ...complaint.path.slice(0, 1),
          stepIn(program, telling.reference, telling.pos, `given to ${telling.name}()`),
          ...complaint.path.slice(1),
        ];
        if (release.event.pos !== pos) steps.push(stepIn(program, reference, pos, `called here: ${nameAt(graph, pos)}()`));
        if (late.called !== null) steps.push(stepIn(program, reference, late.called, `called here: ${late.reference.name}()`));
        steps.push(stepIn(program, late.reference, late.pos, `undone by ${name}()`));
        found.set(key, { message, file: late.reference.file, function: late.reference.name, pos: late.pos, path: steps });
      }
  }
  return [...found.values()];
}

/**
 * The calls near a site that are given its pages and that another call undoes, going by its name: each under all names which that call may
 * have.
 */
const tellingsOf = remembered((subject: Subject): ReadonlyMap<string, Telling> => {
  const { program, followed } = subject;
  const found = new Map<string, Telling>();
  for (const { flow } of followed.visits) {
    const { reference, origins } = flow;
    const ends = endsNamed(program)(reference);
    if (ends.size === 0) continue;
    const facts = new Set([...origins.keys()].filter((f) => isLocal(f) || isHeap(f)));
    for (const graph of program.graphs(reference)) {
      const scope = scopeOf(program, graph, reference);
      for (const { operation: o } of graph.nodes) {
        const undone = o?.kind === 'call' ? (ends.get(nameOf(o)) ?? []) : [];
        if (o?.kind !== 'call' || undone.every((end) => found.has(end))) continue;
        // A call that is given the address of where the pages are to stand takes them itself.
        const isTold = o.args.some((a) => !a.address && contentsOf(a, facts, scope).length > 0);
        const telling = tellingAt(reference, graph, o);
        if (isTold && isOutside(program, telling)) for (const end of undone) found.set(end, telling);
      }
    }
  }
  return found;
});

/** The call as one that tells somebody of the pages. */
function tellingAt(reference: FunctionReference, { nodes }: Graph, call: CallOperation): Telling {
  const kept = nodes.flatMap(({ operation: o }) => (o?.kind === 'copy' && o.source.path === call.result ? [o.target] : []));
  const given = call.expressions.flatMap(namesIn);
  return { reference, pos: call.pos, name: nameOf(call), members: new Set([...kept, ...given].map(lastMember)) };
}

/** The name of what a call calls: of a function, or of the member that it goes through. */
function nameOf({ name, through }: CallOperation): string {
  return name ?? through ?? '';
}

/** The calls in a function that have an opposite somewhere in the folder: their names, with the names of the opposites. */
const endsNamed = remembered((program: Program) =>
  program.ledger.remembered((reference: FunctionReference): ReadonlyMap<string, readonly string[]> => {
    const folder = folderOf(reference.file);
    const isCalledNear = (name: string): boolean => program.tree.filesCalling(name).some((file) => folderOf(file) === folder);
    const ends = (name: string): readonly string[] => (deviceCalls.has(name) ? [] : takenBackBy(name).filter(isCalledNear));
    const names = reference.macro ? [] : namesCalled(program, reference);
    return new Map(names.map((name) => [name, ends(name)] as const).filter(([, found]) => found.length > 0));
  }),
);

/**
 * False for a nearby function that maps the pages for the kernel itself, or takes references of its own on them: then an early drop does no
 * harm.
 */
function isOutside(program: Program, { reference: { file }, name }: Telling): boolean {
  const isWithin = (called: string): boolean => pageUse.test(called) || extraReferenceCalls.has(called) || acquires.has(called);
  return program.resolveNear(name, file).every((r) => !namesCalled(program, r).some(isWithin));
}

/** The calls behind a drop that take the same object's pages back, if nobody was told of pages anew before. */
function undoingsBehind(subject: Subject, dropping: Dropping, graph: Graph): Undoing[] {
  const { reference, pos } = dropping;
  const drop = callNodeAt(graph, pos);
  if (drop?.operation?.kind !== 'call') return [];
  const objects = sourcesOf(graph, rootsOf(argumentsOf(dropping, drop.operation)));
  const isTelling = ({ operation: o }: Node): boolean =>
    o?.kind === 'call' && takenBackBy(nameOf(o)).some((end) => tellingOf(subject, end, reference));
  const isDrop = (n: Node): boolean => n === drop;
  return [...nodesBehind(graph, drop, (n) => isDrop(n) || isTelling(n))].flatMap((n): Undoing[] => {
    const o = n.operation;
    if (o?.kind !== 'call' || isDrop(n)) return [];
    const found = [...undoingIn(subject, reference, graph, o, objects), ...undoingsBelow(subject, reference, graph, o, objects)];
    return leadsTo(graph, n, isDrop) ? [] : found;
  });
}

/** The call as one that takes pages back, if it is given one of the objects or a member of one; else nothing. */
function undoingIn(
  subject: Subject,
  reference: FunctionReference,
  graph: Graph,
  o: CallOperation,
  objects: ReadonlySet<string>,
): Undoing[] {
  const name = nameOf(o);
  if (toldBefore(name).length === 0 || !sharesRoot(graph, objects, o)) return [];
  const telling = tellingOf(subject, name, reference);
  return telling && isOfSame(graph, objects, o, telling) ? [{ reference, called: null, pos: o.pos, name, telling }] : [];
}

/** Such calls in a nearby function that is given an object whose pages were dropped, if that function tells nobody of pages itself. */
function undoingsBelow(
  subject: Subject,
  { file }: FunctionReference,
  caller: Graph,
  call: CallOperation,
  objects: ReadonlySet<string>,
): Undoing[] {
  const { program } = subject;
  if (call.name === null || !call.args.some((a) => a.path !== null && objects.has(a.path) && isObject(caller, a.path))) return [];
  return program.resolveNear(call.name, file).flatMap((callee): Undoing[] => {
    if (callee.macro || !takesBack(program)(callee)) return [];
    return program.graphs(callee).flatMap((graph) => {
      const given = new Set(graph.params.flatMap(({ name }, i) => (objects.has(call.args[i]?.path ?? '') ? [name] : [])));
      const found = graph.nodes
        .flatMap(({ operation: o }) => (o?.kind === 'call' ? undoingIn(subject, callee, graph, o, given) : []))
        .map((undoing) => ({ ...undoing, called: call.pos }));
      const told = new Set(found.map(({ telling }) => telling.name));
      return graph.nodes.some(({ operation: o }) => o?.kind === 'call' && told.has(nameOf(o))) ? [] : found;
    });
  });
}

/** Tells from its text whether a function calls what may take something back. */
const takesBack = remembered((program: Program) =>
  program.ledger.remembered((reference: FunctionReference): boolean =>
    namesCalled(program, reference).some((name) => toldBefore(name).length > 0),
  ),
);

/**
 * The call that tells somebody of the pages and is undone by a call named `end`: on the ways that the pages were followed, or elsewhere in
 * the folder with the field that they stand in.
 */
function tellingOf(subject: Subject, end: string, near: FunctionReference): Telling | undefined {
  const followed = tellingsOf(subject).get(end);
  if (followed) return followed;
  const folder = folderOf(near.file);
  const key = `${folder} ${end}`;
  const known = knownElsewhere(subject);
  if (!known.has(key)) known.set(key, tellingIn(subject, end, folder));
  return known.get(key);
}

/** What tellingIn() has found for a site, by folder and name. */
const knownElsewhere = remembered((_: Subject) => new Map<string, Telling | undefined>());

/** The same, looked for by the field in all files of a folder. */
function tellingIn({ program, followed }: Subject, end: string, folder: string): Telling | undefined {
  for (const name of toldBefore(end).filter((n) => !deviceCalls.has(n)))
    for (const file of program.tree.filesCalling(name).filter((f) => folderOf(f) === folder))
      for (const reference of program.searched(file, calling(name)))
        for (const graph of reference.macro ? [] : program.graphs(reference))
          for (const { operation: o } of graph.nodes) {
            if (o?.kind !== 'call' || nameOf(o) !== name || !o.args.some((a) => isField(graph, a, followed.heap))) continue;
            const telling = tellingAt(reference, graph, o);
            if (isOutside(program, telling)) return telling;
          }
  return undefined;
}

/** True for an argument that is a field with pages, as a whole. */
function isField({ types }: Graph, { path, address }: Value, heap: readonly string[]): boolean {
  if (path === null || address || path === rootOf(path)) return false;
  const place = `#${types.get(rootOf(path))?.tag}${path.slice(rootOf(path).length)}`;
  return heap.some((h) => h === place || (h.startsWith(place) && /^(\[\]|@)/.test(h.slice(place.length))));
}

/** True for a call that is given one of the objects or a member of one. */
function sharesRoot(graph: Graph, objects: ReadonlySet<string>, { args, expressions }: CallOperation): boolean {
  const roots = sourcesOf(graph, [...rootsOf(args), ...expressions.flatMap(namesIn).map(rootOf)]);
  return [...roots].some((root) => objects.has(root) && isObject(graph, root));
}

/**
 * True for a call that is given nothing of another object of the same struct, and of this object only members that the telling call was
 * given or has set.
 */
function isOfSame(graph: Graph, objects: ReadonlySet<string>, { expressions }: CallOperation, { members }: Telling): boolean {
  const tags = new Set([...objects].map((root) => graph.types.get(root)?.tag));
  return expressions.flatMap(namesIn).every((path) => {
    if (![...sourcesOf(graph, [rootOf(path)])].some((root) => objects.has(root)))
      return !tags.has(graph.types.get(rootOf(path))?.tag ?? '');
    return path === rootOf(path) || members.has(lastMember(path));
  });
}

/** True for a variable that points at a struct. */
function isObject({ types }: Graph, root: string): boolean {
  return types.get(root)?.pointers === 1 && types.get(root)?.tag != null;
}
