/** Objects with pages that are taken from where others find them, and left with the pages still in them. */
import type { FunctionReference } from '../../../program/file.js';
import { leadsTo, type Node, namedCall } from '../../../program/graph.js';
import { rootOf, type Value } from '../../../program/path.js';
import { folderOf } from '../../../program/place.js';
import type { Program } from '../../../program/program.js';
import { linking, linkTypes, listings, puttingName, removals, sleepingText, userCount, wakingName } from '../../../protocol/index.js';
import type { Entry } from '../entry.js';
import { pointedTag } from '../function/freed.js';
import { parameterOf } from '../function/parameter.js';
import { removing, removingCall, takersIn } from '../function/taking-out.js';
import { namesCalled } from '../function/text.js';
import { mayBeUnused } from '../function/unused.js';
import type { Turned } from '../memory/state.js';
import { happened } from '../memory/trail.js';
import type { Walked } from '../walk/walk.js';
import { bareHeads } from './bare.js';
import type { Carrier } from './carrier.js';
import { within } from './teardown.js';

/** An object with pages that a function takes out. */
interface Held {
  /** Its variable. */
  variable: string;
  /** Its struct's tag. */
  tag: string;
  /** The suffix at which the pages are below it. */
  suffix: string;
  /** True if it is taken out by a member of it, `list_del(&obj->node)`; else by a key, and is the call's result. */
  byMember: boolean;
}

/**
 * The paths of a file's functions on which an object that was taken out is left with its pages.
 * @param files the files that may put such objects there
 */
export function lostIn(
  program: Program,
  file: string,
  carrier: Carrier,
  walked: (reference: FunctionReference, entry: Entry) => Walked,
  files: readonly string[],
): { reference: FunctionReference; turned: Turned }[] {
  return takingOut(program, file).flatMap((reference) => {
    return objectsIn(program, reference, carrier).flatMap((object) => {
      const { variable, tag, suffix } = object;
      const bare = bareHeads(program, reference, { tag, suffix }, walked);
      const { lost } = walked(reference, { kind: 'object', variable, suffixes: [suffix], removed: true, bare });
      const left = lost.filter(({ exit: { trail } }) => happened(trail, 'removed') && !happened(trail, 'freed'));
      if (left.length === 0 || isFoundElsewhere(program, file, object)) return [];
      if (wakes(program, reference) && files.some((by) => isAwaited(program, by, object.tag))) return [];
      return left.map((turned) => ({ reference, turned }));
    });
  });
}

/** The functions of a file with a call that takes objects out, and the callers in the folder of its functions that return one. */
function takingOut(program: Program, file: string): FunctionReference[] {
  const takers = [...takersIn(program, file).keys()];
  const calling = new RegExp(`\\b(?:${takers.join('|')})\\s*\\(`);
  const taking = takers.length > 0 ? new RegExp(`${removing.source}|${calling.source}`) : removing;
  const others = takers.flatMap((name) => program.tree.filesCalling(name).filter((by) => by !== file && folderOf(by) === folderOf(file)));
  return [...program.searched(file, taking), ...[...new Set(others)].flatMap((by) => program.searched(by, calling))].filter(
    (reference) => !reference.macro,
  );
}

/** The objects with pages that a function takes out, by its variables. */
function objectsIn(program: Program, reference: FunctionReference, carrier: Carrier): Held[] {
  const { file } = reference;
  const found = new Map<string, Held>();
  for (const graph of program.graphs(reference)) {
    const add = (variable: string, byMember: boolean): void => {
      const tag = parameterOf(graph, variable) >= 0 ? null : pointedTag(program, file, graph, variable);
      if (tag === null || linksOf(program, file, tag) > (byMember ? 1 : 0)) return;
      // Of an object that counts its users, each user has only a use to give up: this function has one if it gives one up elsewhere. Where
      // there may be no users, nobody else will free the object.
      const isOurs = (): boolean =>
        graph.nodes.some((n) => isPut(n, variable)) ||
        (byMember ? mayBeUnused(program, file, graph, variable, tag) : isPutElsewhere(program, file, tag));
      if (isCounted(program, file, tag) && !isOurs()) return;
      for (const { suffix } of within(program, file, tag, carrier)) found.set(variable + suffix, { variable, tag, suffix, byMember });
    };
    for (const { operation: o } of graph.nodes) {
      const by = o?.kind === 'copy' && rootOf(o.target) === o.target ? removingCall({ program, reference, graph }, o.source.path) : null;
      if (o?.kind === 'copy' && by !== null) add(o.target, by.byMember);
      const member = o?.kind === 'call' ? removals.get(o.name ?? '')?.member : null;
      const given = o?.kind === 'call' && member != null ? o.args[member] : undefined;
      if (given?.address && given.path !== null && given.path !== rootOf(given.path)) add(rootOf(given.path), true);
    }
  }
  return [...found.values()];
}

/** True if the file also puts such objects under a key, or in a field: others may still find it there. */
function isFoundElsewhere(program: Program, file: string, { tag, byMember }: Held): boolean {
  return (program.shell(file)?.functions ?? []).some((reference) => {
    if (reference.macro) return false;
    return program.graphs(reference).some((graph) => {
      const isOne = (path: string | null | undefined): boolean =>
        path != null && rootOf(path) === path && pointedTag(program, file, graph, path) === tag;
      return graph.nodes.some(({ operation: o }) => {
        if (o?.kind === 'call') return byMember && isOne(o.args[listings.get(o.name ?? '')?.object ?? -1]?.path);
        if (o?.kind !== 'copy' || rootOf(o.target) === o.target || !isOne(o.source.path)) return false;
        return program.typeOf(o.target, graph, file)?.tag === tag;
      });
    });
  });
}

/** True for a function that wakes somebody: who waits may see to the object. */
function wakes(program: Program, reference: FunctionReference): boolean {
  return namesCalled(program, reference).some((name) => wakingName.test(name));
}

/** True if a function of the file puts such an object where others find it, waits, and goes on with it: it owns the object all along. */
function isAwaited(program: Program, file: string, tag: string): boolean {
  return program.searched(file, sleepingText).some(
    (reference) =>
      !reference.macro &&
      program.graphs(reference).some((graph) => {
        const isOne = (variable: string): boolean =>
          pointedTag(program, file, graph, variable) === tag ||
          (graph.types.get(variable)?.pointers === 0 && graph.types.get(variable)?.tag === tag);
        return graph.nodes.some((n) => {
          if (!linking.test(namedCall(n)?.name ?? '') || isWait(n)) return false;
          const variables = variablesIn(n).filter(isOne);
          const goesOn = (m: Node): boolean => variablesIn(m).some((variable) => variables.includes(variable));
          return variables.length > 0 && leadsTo(graph, n, (wait) => isWait(wait) && leadsTo(graph, wait, goesOn));
        });
      }),
  );
}

function isWait(n: Node): boolean {
  return sleepingText.test(`${namedCall(n)?.name}(`);
}

/** The variables that a call is given, or given something below. */
function variablesIn(n: Node): string[] {
  return namedCall(n)?.args.flatMap(({ path }) => (path === null ? [] : rootOf(path))) ?? [];
}

/** By how many members, list nodes and the like, an object may be found. */
function linksOf(program: Program, file: string, tag: string): number {
  return program.structure(tag, file)?.fields.filter(({ type }) => type.pointers === 0 && linkTypes.has(type.tag ?? '')).length ?? 0;
}

/** True for a struct that counts its users. */
function isCounted(program: Program, file: string, tag: string): boolean {
  return program.structure(tag, file)?.fields.some(({ type }) => userCount.test(type.tag ?? type.base)) === true;
}

/** True if another function takes such an object out by its key, and gives up the use that was counted for it being there. */
function isPutElsewhere(program: Program, file: string, tag: string): boolean {
  return program.searched(file, removing).some(
    (reference) =>
      !reference.macro &&
      program.graphs(reference).some((graph) =>
        graph.nodes.some(({ operation: o }) => {
          const by =
            o?.kind === 'copy' && rootOf(o.target) === o.target ? removingCall({ program, reference, graph }, o.source.path) : null;
          if (o?.kind !== 'copy' || by === null || by.byMember) return false;
          return pointedTag(program, file, graph, o.target) === tag && graph.nodes.some((n) => isPut(n, o.target));
        }),
      ),
  );
}

/** True for a call that gives up a use of a variable's object: `obj_put(obj)`. */
function isPut({ operation: o }: Node, variable: string): boolean {
  const isOf = ({ path, address }: Value): boolean => path === variable || (address && path !== null && rootOf(path) === variable);
  return o?.kind === 'call' && puttingName.test(o.name ?? '') && o.args.some(isOf);
}
