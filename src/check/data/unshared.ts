/** Pages of an address space that nobody runs in yet: its maker has them alone, so nothing can race. */
import type { FunctionReference } from '../../program/file.js';
import { type CallOperation, type Graph, isStore } from '../../program/graph.js';
import { type Member, memberAt } from '../../program/members.js';
import { rootOf } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import { addressSpace } from '../../protocol/index.js';
import type { Subject } from '../../survey/unit.js';
import { noPointer } from '../../syntax/truth.js';
import { isSetOnlyBy, resultsOf } from '../made.js';

/** True for a call that is given a `struct mm_struct *` which its file has made, in a variable or a member that never has another. */
export function isOfNewSpace({ program, site: { reference, graph, call } }: Subject): boolean {
  return call.args.some(
    ({ path }) =>
      path !== null && program.typeOf(path, graph, reference.file)?.tag === addressSpace.tag && isNew(program, reference, graph, path),
  );
}

/** True for a path that only ever has a new address space. */
function isNew(program: Program, reference: FunctionReference, graph: Graph, path: string): boolean {
  if (isSetOnlyBy(graph, path, isMaking)) return true;
  const member = memberAt(program, reference, graph, path);
  if (member !== null) return isKeptNew(program, reference.file, member);
  const copied = graph.nodes.flatMap(({ operation: o }) => (isStore(o) && o.target === path ? [o] : []));
  const isLocal = rootOf(path) === path && !graph.params.some(({ name }) => name === path);
  return (
    isLocal &&
    copied.length > 0 &&
    copied.every((o) => o.kind === 'copy' && o.source.path?.includes('.') && isNew(program, reference, graph, o.source.path))
  );
}

/** True for a member to which the functions of a file store new address spaces and nothing else, but for NULL. */
function isKeptNew(program: Program, file: string, { tag, field }: Member): boolean {
  const stored = program.touching(file, [field], tag).flatMap((reference) =>
    program.graphs(reference).flatMap((graph) => {
      const made = resultsOf(graph, isMaking);
      const isSpace = (path: string | null): boolean => path !== null && (made.has(path) || isSetOnlyBy(graph, path, isMaking));
      return graph.nodes.flatMap(({ operation: o }): (boolean | null)[] => {
        if (!isStore(o)) return [];
        const to = memberAt(program, reference, graph, o.target);
        if (to?.tag !== tag || to.field !== field) return [];
        if (o.kind === 'clear' && noPointer.test(o.text)) return [null];
        return [o.kind === 'copy' && isSpace(o.source.path)];
      });
    }),
  );
  return stored.includes(true) && !stored.includes(false);
}

function isMaking({ name }: CallOperation): boolean {
  return name === addressSpace.made;
}
