/** Which signs of a call's result say that it has failed. */
import { errorOrNullTest, errorTests } from '../../../protocol/index.js';
import { sign } from '../memory/state.js';
import type { Naming } from './named.js';

/** The pointers that are set to a result. */
function objectsOf({ program, graph, file }: Naming, result: string): string[] {
  const isPointer = (path: string): boolean => (program.typeOf(path, graph, file)?.pointers ?? 0) > 0;
  return graph.aliases.filter(({ target, source }) => source.path === result && isPointer(target)).map(({ target }) => target);
}

/**
 * The signs of a result that say that the call has failed. For a status: negative. For a pointer: what the function tests it for, which is
 * NULL unless it is tested with `IS_ERR()`; both, if nothing tests it.
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
