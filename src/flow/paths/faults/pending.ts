/**
 * Pages that wait in one field of an object until a function moves them to another, in place of those there: `q->now = q->next`. An end of
 * the object has to drop both.
 */
import type { CallSite } from '../../../program/callers.js';
import type { FileFacts, FunctionReference } from '../../../program/file.js';
import { type Graph, isStore, leadsTo, type Node, readBy } from '../../../program/graph.js';
import { memberText } from '../../../program/patterns.js';
import type { Program } from '../../../program/program.js';
import { remembered } from '../../../program/remembered.js';
import { endingName, waitingText } from '../../../protocol/index.js';
import type { Context } from '../context.js';
import { bodyOf } from '../function/text.js';
import type { Exit } from '../memory/state.js';
import { mayName } from '../step/around.js';
import type { End } from '../walk/keeping.js';

/** An end of such an object that drops the pages of one field and not those of the other. */
export interface Pending {
  /** The function that ends the object. */
  reference: FunctionReference;
  /** Offset of its drop. */
  pos: number;
  /** The field that it drops from, as `tag.field`. */
  dropped: string;
  /** The field that it leaves. */
  left: string;
}

/** A field of a struct. */
interface Field {
  tag: string;
  name: string;
}

/**
 * The ends of an object in which a function has kept pages that are to replace others.
 * @param isAbove true for a function that has kept them there, or that has handed on what did
 */
export function pendingAt(context: Context, { reference, exit }: End, isAbove: (r: FunctionReference) => boolean): Pending[] {
  const { program } = context;
  const facts = program.shell(reference.file);
  return facts === null ? [] : keepingIn(program, reference, exit).flatMap((left) => replacing(context, facts, left, isAbove));
}

/** The fields that hold pages at an exit, if a function of the file moves them on. */
function keepingIn(program: Program, reference: FunctionReference, { graph, holders }: Exit): Field[] {
  return holders.flatMap(({ of, suffix }) => {
    const [, root = '', name] = /^([%\w]*)\.(\w+)/.exec(suffix) ?? [];
    if (graph === null || name === undefined || moversIn(program)(reference.file, name).length === 0) return [];
    const object = of >= 0 ? graph.params[of]?.name : graph.aliases.find(({ source }) => source.path === root)?.target;
    const tag = object === undefined ? null : tagAt(program, reference.file, graph, object);
    return tag === null ? [] : [{ tag, name }];
  });
}

function replacing(context: Context, facts: FileFacts, left: Field, isAbove: (r: FunctionReference) => boolean): Pending[] {
  const { program } = context;
  const { file, functions } = facts;
  const movers = moversIn(program)(file, left.name);
  if (movers.length === 0) return [];
  const isMover = new RegExp(`\\b(?:${movers.map(({ reference }) => reference.name).join('|')})\\s*\\(`);
  // If a function above moves them itself, they wait for nobody else. If another function drops from that field, it sees to them.
  if (functions.some((r) => isAbove(r) && mayName(program, r.name, file, isMover))) return [];
  if (functions.some((r) => !isAbove(r) && dropsIn(context, r, left).length > 0)) return [];
  const textOf = ({ tag, name }: Field): string => `${tag}.${name}`;
  return [...new Set(movers.map(({ field }) => field))].flatMap((name) => {
    const dropped = { ...left, name };
    return endsIn(context, facts, dropped, left).map((end) => ({ ...end, dropped: textOf(dropped), left: textOf(left) }));
  });
}

/** A function that moves the pages of a field to another field of the object. */
interface Mover {
  reference: FunctionReference;
  field: string;
}

/** The functions of a file that move what is in a field of a name. */
const moversIn = remembered((program: Program) => {
  const known = program.ledger.memo<readonly Mover[]>();
  return (file: string, field: string): readonly Mover[] => {
    const key = `${file}\0${field}`;
    return known.get(key) ?? known.work(key, () => moversOf(program, file, field));
  };
});

function moversOf(program: Program, file: string, field: string): Mover[] {
  // `q->now = q->next;`
  const moving = new RegExp(`\\b(\\w+)->(\\w+)\\s*=\\s*(\\w+)->${field};`);
  return program
    .searched(file, moving)
    .flatMap((reference) =>
      Array.from(program.textOf(reference).matchAll(new RegExp(moving, 'g'))).flatMap(([, to, other = '', from]) =>
        to === from && other !== field ? [{ reference, field: other }] : [],
      ),
    );
}

/**
 * Functions, named as ends, that drop the pages of one field and do not name the other, nor do their callees near by, nor their callers
 * before or after they call them.
 */
function endsIn(
  context: Context,
  { file, functions }: FileFacts,
  dropped: Field,
  left: Field,
): { reference: FunctionReference; pos: number }[] {
  const { program } = context;
  const named = new RegExp(memberText(left.name));
  const isNamed = (r: FunctionReference): boolean => mayName(program, r.name, file, named);
  const isNamedBy = (caller: FunctionReference, end: FunctionReference): boolean => {
    const sites = program.callSites(end, ({ key }) => key === caller.key);
    return isNamed(caller) && (sites.length === 0 || sites.some((site) => isNamedOnWay(program, site, left, named)));
  };
  return functions
    .filter((r) => endingName.test(r.name) && !waitingText.test(bodyOf(program, r)))
    .flatMap((reference) => {
      const [drop] = dropsIn(context, reference, dropped);
      if (drop === undefined || isNamed(reference) || program.callers(reference).some((caller) => isNamedBy(caller, reference))) return [];
      return [{ reference, pos: drop.pos }];
    });
}

/**
 * True if a caller names a field, or calls a function that may, on a path on which it makes a call: not in another case of a switch.
 * @param named matches the field in a text
 */
function isNamedOnWay(program: Program, { caller, graph, node }: CallSite, { name }: Field, named: RegExp): boolean {
  const inPath = new RegExp(`\\.${name}\\b`);
  const isNaming = ({ operation: o }: Node): boolean =>
    o?.kind === 'unread' ||
    [...readBy(o).map(({ path }) => path), isStore(o) ? o.target : null].some((path) => path !== null && inPath.test(path)) ||
    (o?.kind === 'call' && o.name !== null && mayName(program, o.name, caller.file, named));
  const isOnWay = (n: Node): boolean => n === node || leadsTo(graph, n, (m) => m === node) || leadsTo(graph, node, (m) => m === n);
  return graph.nodes.some((n) => isNaming(n) && isOnWay(n));
}

/** The nodes in a function that drop what is in a field. */
function dropsIn({ program, mayDrop }: Context, reference: FunctionReference, { tag, name }: Field): Node[] {
  if (reference.macro || !new RegExp(`->\\s*${name}\\s*\\)`).test(program.textOf(reference))) return [];
  const { file } = reference;
  return program.graphs(reference).flatMap((graph) =>
    graph.nodes.filter(({ operation: o }) => {
      if (o?.kind !== 'call' || o.name === null || !mayDrop(o.name, file)) return false;
      return o.args.some(({ path }) => path?.endsWith(`.${name}`) && tagAt(program, file, graph, path.slice(0, -name.length - 1)) === tag);
    }),
  );
}

/** The struct tag of the object that a path leads to. */
function tagAt(program: Program, file: string, graph: Graph, path: string): string | null {
  return program.typeOf(path, graph, file)?.tag ?? null;
}
