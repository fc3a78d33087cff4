/** What an open file stands for, when it is closed: nobody comes back for what is still kept there. */
import type { FunctionReference, Shell } from '../../../program/file.js';
import type { Graph } from '../../../program/graph.js';
import { installedAs } from '../../../program/installed.js';
import type { Program } from '../../../program/program.js';
import { remembered } from '../../../program/remembered.js';
import { addText, emptyingText, freeingCalls, unseenOperations } from '../../../protocol/index.js';
import { freedIn } from '../function/freed.js';
import { bodyOf, namesCalled } from '../function/text.js';
import { mayName } from '../step/around.js';

/** The functions of a file that are called when what it is installed for is closed, by their names. */
export const closingIn = remembered(
  ({ outside }: Shell): ReadonlySet<string> =>
    new Set(unseenOperations.flatMap(([struct, member]) => installedAs(outside, struct, member))),
);

/** True for such a function. */
export function closes(program: Program, { name, file }: FunctionReference): boolean {
  const facts = program.shell(file);
  return facts !== null && closingIn(facts).has(name);
}

/** True for such a function, and for one that it calls. */
export function isOfClosing(program: Program, { name, file }: FunctionReference): boolean {
  const facts = program.shell(file);
  if (facts === null) return false;
  const closing = closingIn(facts);
  return closing.has(name) || [...closing].some((by) => facts.byName.get(by)?.some((r) => namesCalled(program, r).includes(name)));
}

/** The fields that a function puts objects into, for others to find, itself or by what it calls in its file. */
export function filledBy(program: Program, reference: FunctionReference): string[] {
  const own = program.shell(reference.file)?.byName;
  const called = namesCalled(program, reference).flatMap((name) => own?.get(name)?.filter((callee) => !callee.macro) ?? []);
  return [reference, ...called].flatMap((by) => Array.from(bodyOf(program, by).matchAll(addText), (match) => match[1] as string));
}

/** Where an object is freed with what others look through in it. */
export interface Abandoned {
  reference: FunctionReference;
  pos: number;
  /** The object's name, and the field. */
  variable: string;
  head: string;
}

/** Where a file is closed and an object is freed that has such a field, into which nobody has looked on the way. */
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

/** True if a function, or one that it calls, names a field, or hands the object to somebody who cannot be looked into. */
function mayLook(program: Program, reference: FunctionReference, { nodes }: Graph, variable: string, head: string): boolean {
  const isHanded = nodes.some(
    ({ operation: o }) =>
      o?.kind === 'call' &&
      !freeingCalls.has(o.name ?? '') &&
      o.args.some((a) => a.path === variable && !a.address) &&
      (o.name === null || program.resolve(o.name, reference.file).length === 0),
  );
  // What is freed of an array behind its entries is no look at these.
  const field = new RegExp(`(?<!${emptyingText})\\b${head}\\b`);
  return (
    isHanded ||
    field.test(bodyOf(program, reference)) ||
    namesCalled(program, reference).some((called) => mayName(program, called, reference.file, field))
  );
}
