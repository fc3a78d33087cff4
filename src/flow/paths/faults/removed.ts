/** Objects with pages in them that are taken from where others find them, and of which nobody has dropped the pages then. */
import type { FunctionReference } from '../../../program/file.js';
import type { Node } from '../../../program/graph.js';
import { rootOf, type Value } from '../../../program/path.js';
import type { Program } from '../../../program/program.js';
import { linkTypes, removals, userCount } from '../../../protocol/index.js';
import type { Entry } from '../entry.js';
import { tagOf } from '../function/freed.js';
import type { Turned } from '../memory/state.js';
import { latest } from '../memory/trail.js';
import { removingCall } from '../step/removed.js';
import type { Walked } from '../walk/walk.js';
import { type Carrier, within } from './teardown.js';

const removing = new RegExp(`\\b(?:${[...removals.keys()].join('|')})\\s*\\(`);

/** The ways of a file's functions on which an object that was taken out is left with its pages. */
export function lostIn(
  program: Program,
  file: string,
  carrier: Carrier,
  walked: (reference: FunctionReference, entry: Entry) => Walked,
): { reference: FunctionReference; turned: Turned }[] {
  return (program.file(file)?.functions ?? []).flatMap((reference) => {
    if (reference.macro || !removing.test(program.textOf(reference))) return [];
    return objectsIn(program, reference, carrier).flatMap(({ variable, suffix }) =>
      walked(reference, { kind: 'object', variable, suffixes: [suffix], removed: true })
        .lost.filter(
          ({ exit }) => latest(exit.trail, ({ kind }) => kind === 'removed') && !latest(exit.trail, ({ kind }) => kind === 'freed'),
        )
        .map((turned) => ({ reference, turned })),
    );
  });
}

/** The variables of such objects in a function, and where the pages are below them. */
function objectsIn(program: Program, reference: FunctionReference, carrier: Carrier): { variable: string; suffix: string }[] {
  const found = new Map<string, string>();
  for (const graph of program.graphs(reference)) {
    const add = (variable: string): void => {
      const tag = graph.params.some((p) => p.name === variable) ? null : tagOf(program, reference.file, graph, variable);
      const own = tag === null ? null : within(program, reference.file, tag, carrier);
      // Of several users each has to see to its own: who takes it out and puts it on another way had one.
      if (
        own &&
        linksOf(program, reference.file, own.tag) < 2 &&
        (!isCounted(program, reference.file, own.tag) || graph.nodes.some((n) => isPut(n, variable)))
      )
        found.set(variable, own.suffix);
    };
    for (const { operation: o } of graph.nodes) {
      if (o?.kind === 'copy' && rootOf(o.target) === o.target && removingCall(graph, o.source.path) !== null) add(o.target);
      const member = o?.kind === 'call' ? removals.get(o.name ?? '')?.member : null;
      const given = o?.kind === 'call' && member != null ? o.args[member] : undefined;
      if (given?.address && given.path !== null && given.path !== rootOf(given.path)) add(rootOf(given.path));
    }
  }
  return [...found].map(([variable, suffix]) => ({ variable, suffix }));
}

/** By how many members an object may be found at once. */
function linksOf(program: Program, file: string, tag: string): number {
  return program.structure(tag, file)?.fields.filter(({ type }) => type.pointers === 0 && linkTypes.has(type.tag ?? '')).length ?? 0;
}

/** True for a struct that counts its users. */
function isCounted(program: Program, file: string, tag: string): boolean {
  return program.structure(tag, file)?.fields.some(({ type }) => userCount.test(type.tag ?? type.base)) === true;
}

/** True for a call that gives up a user's reference on the object of a variable. */
function isPut({ operation: o }: Node, variable: string): boolean {
  const isOf = ({ path, address }: Value): boolean => path === variable || (address && path !== null && rootOf(path) === variable);
  return o?.kind === 'call' && /put/.test(o.name ?? '') && o.args.some(isOf);
}
