/** Whether a function that is given an object may look at, or drop, what stands at one place in it. */
import { onlyFunction } from '../../../program/definitions.js';
import { isStore, type Node, readBy } from '../../../program/graph.js';
import { suffixAfter } from '../../../program/path.js';
import type { Program } from '../../../program/program.js';
import { exclusiveName, releases } from '../../../protocol/index.js';
import type { Context } from '../context.js';

/** How deep calls are followed; past that, a function may do anything to the object. */
const maxDepth = 3;

/** A call of a function, seen from a file, with an argument from which a suffix leads to the place. */
export interface Handed {
  name: string;
  file: string;
  argument: number;
  suffix: string;
}

/**
 * True if a called function may look at the place, or drop what is there, itself or by what it calls; also if it tests any other member of
 * the object, for that may tell of the place.
 */
export function mayTouch(context: Pick<Context, 'program' | 'mayDrop'>, { name, file, argument, suffix }: Handed, depth = 0): boolean {
  const { program } = context;
  const callee = depth >= maxDepth ? null : onlyFunction(program.resolve(name, file));
  if (callee === null) return true;
  return program.graphs(callee).some((graph) => {
    const param = graph.params[argument]?.name;
    if (!param) return true;
    const at: Place = { file: callee.file, object: param, place: param + suffix };
    return graph.nodes.some((n) => touches(context, n, at, depth));
  });
}

/** A place in an object that a parameter of a function leads to. */
interface Place {
  file: string;
  object: string;
  place: string;
}

function touches(context: Pick<Context, 'program' | 'mayDrop'>, { operation: o }: Node, at: Place, depth: number): boolean {
  const { file, object, place } = at;
  if (o?.kind === 'unread') return true;
  if (o?.kind === 'assume') return readBy(o).some(({ path }) => path !== null && path !== object && suffixAfter(path, object) !== null);
  if (o?.kind === 'call') {
    if (o.name === null) return o.args.some(({ path }) => leads(at, path));
    const { name } = o;
    if (exclusiveName.test(name)) return true;
    return o.args.some(({ path, address }, i) => {
      if (path === object && !address)
        return (
          !releases.has(name) &&
          context.mayDrop(name, file) &&
          mayTouch(context, { name, file, argument: i, suffix: place.slice(object.length) }, depth + 1)
        );
      return leads(at, path) ? !isNeutral(context.program, name, file) : isBelow(object, path) && context.mayDrop(name, file);
    });
  }
  // By another name of the object it could be reached unseen.
  return readBy(o).some(({ path }) => leads(at, path)) || (isStore(o) && o.target !== object && leads(at, o.target));
}

/** True for a path on the way from the object to the place, or below the place. */
function leads({ object, place }: Place, path: string | null): boolean {
  return path !== null && isBelow(object, path) && (suffixAfter(place, path) !== null || suffixAfter(path, place) !== null);
}

function isBelow(object: string, path: string | null): boolean {
  return path !== null && suffixAfter(path, object) !== null;
}

function isNeutral(program: Program, name: string, file: string): boolean {
  return !releases.has(name) && program.isNeutral(name, file);
}
