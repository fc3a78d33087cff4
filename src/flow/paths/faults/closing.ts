/** The functions that are called when an open file is closed: nobody comes back for what is still kept there. */
import type { FunctionReference, Shell } from '../../../program/file.js';
import type { Graph } from '../../../program/graph.js';
import { installedAs } from '../../../program/installed.js';
import type { Program } from '../../../program/program.js';
import { remembered } from '../../../program/remembered.js';
import { addText, emptyingText, freeingCalls, unseenOperations } from '../../../protocol/index.js';
import { freedIn } from '../function/freed.js';
import { bodyOf, namesCalled } from '../function/text.js';
import { mayName } from '../step/around.js';

/** Names of the functions of a file that are installed as `release` or the like: called at the close, with the result not seen. */
export const closingIn = remembered(
  ({ outside }: Shell): ReadonlySet<string> =>
    new Set(unseenOperations.flatMap(([struct, member]) => installedAs(outside, struct, member))),
);

/** True for a function of {@link closingIn}. */
export function closes(program: Program, { name, file }: FunctionReference): boolean {
  const facts = program.shell(file);
  return facts !== null && closingIn(facts).has(name);
}

/** True for a function of {@link closingIn}, and for one that such a function calls. */
export function isOfClosing(program: Program, { name, file }: FunctionReference): boolean {
  const facts = program.shell(file);
  if (facts === null) return false;
  const closing = closingIn(facts);
  return closing.has(name) || [...closing].some((by) => facts.byName.get(by)?.some((r) => namesCalled(program, r).includes(name)));
}

/** The fields that a function, or one that it calls in its file, adds objects to for others to find: lists, trees. */
export function filledBy(program: Program, reference: FunctionReference): string[] {
  const own = program.shell(reference.file)?.byName;
  const called = namesCalled(program, reference).flatMap((name) => own?.get(name)?.filter((callee) => !callee.macro) ?? []);
  return [reference, ...called].flatMap((by) => Array.from(bodyOf(program, by).matchAll(addText), (match) => match[1] as string));
}

/** A free of an object that has other objects on a list in it. */
export interface Abandoned {
  /** The function. */
  reference: FunctionReference;
  /** Offset of the free. */
  pos: number;
  /** The object's variable. */
  variable: string;
  /** Name of the field with the list. */
  head: string;
}

/** Frees at a close of objects with a list in one of the fields `heads`, if nobody has looked into that list before. */
export function abandonedIn(program: Program, file: string, heads: ReadonlySet<string>): Abandoned[] {
  const facts = program.shell(file);
  if (facts === null) return [];
  return [...closingIn(facts)].flatMap((name) =>
    (facts.byName.get(name) ?? []).flatMap((reference) =>
      program.graphs(reference).flatMap((graph) =>
        freedIn(program, file, graph).flatMap(({ variable, tag, pos }) => {
          const head = program.structure(tag, file)?.fields.find((f) => heads.has(f.name))?.name;
          return head === undefined || mayLook(program, reference, graph, variable, head) ? [] : [{ reference, pos, variable, head }];
        }),
      ),
    ),
  );
}

/** True if a function, or one that it calls, names the field, or passes the object to a function that is not in the tree. */
function mayLook(program: Program, reference: FunctionReference, { nodes }: Graph, variable: string, head: string): boolean {
  const isHanded = nodes.some(
    ({ operation: o }) =>
      o?.kind === 'call' &&
      !freeingCalls.has(o.name ?? '') &&
      o.args.some((a) => a.path === variable && !a.address) &&
      (o.name === null || program.resolve(o.name, reference.file).length === 0),
  );
  // To free what keeps the entries (an xarray's nodes) is not to look at the entries.
  const field = new RegExp(`(?<!${emptyingText})\\b${head}\\b`);
  return (
    isHanded ||
    field.test(bodyOf(program, reference)) ||
    namesCalled(program, reference).some((called) => mayName(program, called, reference.file, field))
  );
}
