/** By which signs of its result a call says that it has failed. */
import { errorOrNullTest, errorTests } from '../../../protocol/index.js';
import { sign } from '../memory/state.js';
import type { Naming } from './named.js';

/** The pointers that a result goes into. */
function objectsOf({ program, graph, file }: Naming, result: string): string[] {
  const isPointer = (path: string): boolean => (program.typeOf(path, graph, file)?.pointers ?? 0) > 0;
  return graph.aliases.filter(({ target, source }) => source.path === result && isPointer(target)).map(({ target }) => target);
}

/**
 * Signs of a result that says that a call has failed: of a status, that it is below zero; of an object, what is asked of it, which is
 * that there is none where nobody asks whether it is an error.
 */
export function failing(at: Naming, result: string): number {
  const objects = objectsOf(at, result);
  if (objects.length === 0) return sign.negative;
  const tests = at.graph.nodes.map(({ operation: o }): number => {
    if (o?.kind !== 'assume') return 0;
    if (o.call === null) return objects.includes(o.left.path ?? '') ? sign.zero : 0;
    if (!errorTests.test(o.call.name ?? '') || !objects.includes(o.call.args[0]?.path ?? '')) return 0;
    return o.call.name === errorOrNullTest ? sign.negative | sign.zero : sign.negative;
  });
  return tests.reduce((all, bits) => all | bits, 0) || sign.negative | sign.zero;
}
