/** Leads from a function to those that it hands the reference to: by a call, by an operation, or as a callback. */
import type { FunctionReference } from '../../program/file.js';
import { join } from '../../program/path.js';
import type { UnknownEvent } from '../flow.js';
import { isElsewhen } from '../kernels.js';
import type { Start, Visit } from '../visit.js';
import type { Lead } from './journey.js';
import type { Memory } from './memory.js';

/** The known functions that are called with the reference. */
export function toCallees({ analysis }: Memory, start: Start, from: Visit): Lead[] {
  return from.flow.calls
    .filter(({ callee }) => !isElsewhen(start, callee))
    .map(({ callee, entry, pos, fact }) => ({
      key: `${callee.key}|${entry}`,
      way: 'call',
      flow: () => analysis.summary(callee, entry),
      parent: { visit: from, pos, fact },
      heap: from.heap,
    }));
}

/**
 * Operations: generic code that was handed the reference calls an operation of the object, `obj->ops->free(obj)`, which several drivers
 * define. Of those, the one that the site's own file installs is entered.
 */
export function toOperations(memory: Memory, { reference: { file } }: Start, from: Visit): Lead[] {
  return from.flow.unknowns.flatMap((unknown) => {
    if (!unknown.indirect) return [];
    const own = memory.program.installed(file, unknown.name);
    const [callee] = own.length === 1 ? own : [];
    return callee?.file === file && from.flow.reference.file !== file ? intoOperation(memory, from, unknown, callee) : [];
  });
}

/** Enters the function behind a call through a pointer, once for each suffix of an argument that holds the reference. */
function intoOperation(memory: Memory, from: Visit, { pos, given }: UnknownEvent, callee: FunctionReference): Lead[] {
  const params = memory.program.variants(callee)[0]?.params ?? [];
  return given.flatMap((suffixes, index) =>
    suffixes.flatMap((suffix) => {
      const entry = params[index] ? join(params[index].name, suffix) : null;
      return entry ? [calledBack(memory, from, callee, entry, pos)] : [];
    }),
  );
}

/** The functions whose name was stored in, or passed with, an object that holds the reference. */
export function toCallbacks(memory: Memory, from: Visit): Lead[] {
  const { program } = memory;
  return from.flow.callbacks.flatMap(({ callee: name, suffix, tag, pos }) =>
    program.resolve(name, from.flow.reference.file).flatMap((callee) => {
      const param = (program.variants(callee)[0]?.params ?? []).find((p) => p.type.tag === tag);
      const entry = param ? join(param.name, suffix) : null;
      return entry ? [calledBack(memory, from, callee, entry, pos)] : [];
    }),
  );
}

/** A lead into a function that is not called by its name. */
function calledBack({ analysis }: Memory, from: Visit, callee: FunctionReference, entry: string, pos: number): Lead {
  return {
    key: `${callee.key}|${entry}`,
    way: 'callback',
    flow: () => analysis.summary(callee, entry),
    parent: { visit: from, pos, fact: entry },
    heap: from.heap,
  };
}
