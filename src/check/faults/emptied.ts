/**
 * Pointers to what holds the pages that are set to NULL in an object, before that object is given to a function which drops what they lead
 * to.
 */
import { sourcesOf } from '../../flow/flow.js';
import { spelledIn } from '../../flow/paths/function/text.js';
import type { SeenRelease } from '../../flow/releases.js';
import type { FunctionReference } from '../../program/file.js';
import { callsOf, type Graph, leadsTo, type Node } from '../../program/graph.js';
import { pathBelow, rootOf, suffixAfter, type Value } from '../../program/path.js';
import { memberText } from '../../program/patterns.js';
import { folderOf, isNear } from '../../program/place.js';
import type { Program } from '../../program/program.js';
import type { Subject } from '../../survey/unit.js';
import { noPointer } from '../../syntax/truth.js';
import { releasesIn } from '../evidence.js';
import { type Complaint, stepIn, taken } from '../finding.js';

/** A function that drops what a parameter, or a field of the object that this points at, leads to. */
interface Dropper {
  reference: FunctionReference;
  /** Index of the parameter. */
  index: number;
  /** The field below it, `''` for the object itself. */
  field: string;
}

const maxLevels = 3;

/** Complaints about pointers that are set to NULL just before the object is given to a function that is to drop the pages behind them. */
export function emptiedFields(subject: Subject): Complaint[] {
  const { program } = subject;
  const found = new Map<string, Complaint>();
  for (const release of releasesIn(subject))
    for (const dropper of droppersBy(program, release))
      for (const reference of emptying(program, dropper))
        for (const graph of program.graphs(reference))
          for (const { node, call } of callsOf(graph, dropper.reference.name)) {
            const path = pathOf(call.args[dropper.index], dropper.field);
            const emptied = path === null ? null : emptiedBefore(graph, node, path);
            if (path === null || emptied === null) continue;
            const text = spelledIn({ program, reference, graph }, path);
            const { file, name } = reference;
            found.set(`${file}:${emptied.pos}`, {
              message: `pages of ${subject.row.api}() are lost: ${text} is set to NULL, and ${call.name}() drops what it finds there`,
              ...{ file, function: name, pos: emptied.pos },
              path: [
                taken(subject),
                stepIn(program, reference, emptied.pos, `${text}, which leads to the pages, is set to NULL`),
                stepIn(program, reference, node.pos, `passed to ${call.name}(), which comes through it to ${dropping(release)}`),
              ],
            });
          }
  return [...found.values()];
}

function pathOf(object: Value | undefined, field: string): string | null {
  return object ? pathBelow(object, field) : null;
}

/** The drop as a phrase of a step. */
function dropping({ visit: { flow }, event }: SeenRelease): string {
  return `${event.api}() in ${flow.reference.name}()`;
}

/**
 * The functions on the ways up from a release that get the pages through a field of a parameter, if by its text some caller sets that field
 * to NULL.
 */
function droppersBy(program: Program, { visit: { flow }, event }: SeenRelease): Dropper[] {
  const roots = new Set(sourcesOf(flow, event.fact).map(rootOf));
  const params = program.variants(flow.reference)[0]?.params ?? [];
  let last = params.flatMap(({ name, type }, index): Dropper[] =>
    roots.has(name) && type.pointers === 1 ? [{ reference: flow.reference, index, field: '' }] : [],
  );
  const all: Dropper[] = [];
  for (let level = 0; level < maxLevels; level++) {
    last = last.flatMap((dropper) => callersOf(program, dropper, level));
    all.push(...last);
  }
  return all.filter(({ field }) => field !== '');
}

/** The callers that pass on a parameter of theirs, or what one field of it leads to. */
function callersOf(program: Program, { reference, index, field }: Dropper, level: number): Dropper[] {
  return meantCallers(program, reference, field, level).flatMap((caller) =>
    program.graphs(caller).flatMap((graph) =>
      callsOf(graph, reference.name).flatMap(({ call }): Dropper[] => {
        const path = called(graph, call.args[index]);
        const at = path === null ? -1 : graph.params.findIndex((p) => p.name === rootOf(path));
        if (path === null || at < 0) return [];
        const below = path.slice(rootOf(path).length);
        if (below === '') return [{ reference: caller, index: at, field }];
        return field === '' && /^\.\w+$/.test(below) ? [{ reference: caller, index: at, field: below }] : [];
      }),
    ),
  );
}

/** The callers above which, by their texts, such a field is set to NULL somewhere: for the others nothing need be parsed. */
function meantCallers(program: Program, reference: FunctionReference, field: string, level: number): FunctionReference[] {
  if (level >= maxLevels) return [];
  return callersIn(program, reference).filter((caller) => {
    const fields = field === '' ? fieldsGiven(program.textOf(caller), reference.name) : [field];
    const isEmptied = callersIn(program, caller).some((by) => fields.some((f) => storing(f).test(program.textOf(by))));
    return isEmptied || meantCallers(program, caller, field, level + 1).length > 0;
  });
}

/** The callers of a function, if all of them are nearby. To a function that a whole tree calls, each caller gives an object of its own. */
function callersIn(program: Program, reference: FunctionReference): FunctionReference[] {
  const folder = folderOf(reference.file);
  const isLocal = reference.static || program.tree.filesCalling(reference.name).every((file) => isNear(file, folder));
  return isLocal ? program.callers(reference).filter(({ macro }) => !macro) : [];
}

/** The fields that stand in the arguments of a function's calls, each as `.field`. */
function fieldsGiven(text: string, name: string): string[] {
  return Array.from(text.matchAll(new RegExp(`\\b${name}\\s*\\(([^;{}]*)`, 'g')), (m) => m[1] as string).flatMap((args) =>
    Array.from(args.matchAll(/(?:->|\.)\s*(\w+)/g), (m) => `.${m[1]}`),
  );
}

/** Matches a store of NULL to a field. */
function storing(field: string): RegExp {
  return new RegExp(`${memberText(field.slice(1))}\\s*=\\s*(?:NULL|0)\\s*;`);
}

/** The path of a pointer that is passed, in terms of the function that passes it; `null` if it has none. */
function called({ aliases }: Graph, given: Value | undefined): string | null {
  if (!given || given.path === null || given.address) return null;
  return given.path.startsWith('%') ? (aliases.find((a) => a.target === given.path)?.source.path ?? null) : given.path;
}

/** The callers that by their text set such a field to NULL. */
function emptying(program: Program, { reference, field }: Dropper): FunctionReference[] {
  return callersIn(program, reference).filter((caller) => storing(field).test(program.textOf(caller)));
}

/**
 * The store of NULL to a field before a call that is given the object, if the object came from elsewhere, nothing has looked at the field,
 * and nothing that was given the object can have changed it before.
 */
function emptiedBefore(graph: Graph, call: Node, path: string): Node | null {
  if (isOwn(graph, rootOf(path)) || graph.nodes.some((n) => n !== call && isUsed(n, path))) return null;
  const leads = (to: string | null): boolean => to !== null && suffixAfter(path, to) !== null;
  const mayChange = ({ operation: o }: Node): boolean => {
    if (o?.kind === 'copy' || o?.kind === 'update') return leads(o.target);
    return o?.kind === 'call' && o.args.some((a) => leads(a.path));
  };
  const isBefore = (n: Node, then: Node): boolean => leadsTo(graph, n, (m) => m === then, mayChange);
  const isGiven = (n: Node): boolean => n.operation?.kind === 'call' && mayChange(n);
  return graph.nodes.find((n) => empties(n, path) && isBefore(n, call) && !graph.nodes.some((m) => isGiven(m) && isBefore(m, n))) ?? null;
}

/** True for a store of NULL to a path. */
function empties({ operation: o }: Node, path: string): boolean {
  if (o?.kind === 'clear') return o.target === path && noPointer.test(o.text);
  return o?.kind === 'copy' && o.target === path && o.source.path === null && noPointer.test(o.source.text);
}

/** True for a node that reads a path, or stores something but NULL there. */
function isUsed(n: Node, path: string): boolean {
  const { operation: o } = n;
  const isThere = (v: Value | null): boolean => v !== null && v.path !== null && suffixAfter(v.path, path) !== null;
  if (o?.kind === 'copy') return isThere(o.source) || (o.target === path && !empties(n, path));
  if (o?.kind === 'assume') return isThere(o.left) || isThere(o.right);
  if (o?.kind === 'call') return o.args.some(isThere);
  return o?.kind === 'unread' || (o?.kind === 'return' && isThere(o.value));
}

/** True for a variable that is the object itself, or is set to the result of a call: the content of such an object is not known. */
function isOwn({ nodes, types }: Graph, root: string): boolean {
  const type = types.get(root);
  return (
    !type ||
    type.pointers === 0 ||
    nodes.some(({ operation: o }) => o?.kind === 'copy' && o.target === root && (o.source.path?.startsWith('%') ?? true))
  );
}
