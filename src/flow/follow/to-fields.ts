/** Leads from a field or global that holds the reference to the functions that touch it. */
import { withUsers } from '../../program/callers.js';
import type { FunctionReference } from '../../program/file.js';
import { rootOf, splitSteps } from '../../program/path.js';
import { memberText } from '../../program/patterns.js';
import type { Program } from '../../program/program.js';
import { isElsewhen } from '../kernels.js';
import { isElsewhere } from '../objects.js';
import { leadsTo } from '../reach.js';
import type { Start, Visit } from '../visit.js';
import type { Lead } from './journey.js';
import type { Memory } from './memory.js';

/** Leads into the functions of a file that touch a holder and may lead on from it. */
export function toField(memory: Memory, start: Start, heap: string, file: string, from: Visit): Lead[] {
  const { program } = memory;
  const near = [start.reference.file, from.flow.reference.file];
  const fields = fieldsOf(heap);
  const field = fields.at(-1);
  const read = field === undefined ? `\\b${variableOf(heap)}\\b` : memberText(field);
  const content = /@(?:pfn|address|sgl|bvec)$/.exec(heap)?.[0];
  const mayLeadOn = (reference: FunctionReference): boolean =>
    !reference.macro &&
    (content === undefined || memory.looksUp(reference, read, content, near)) &&
    leadsTo(program, reference, heap) &&
    !isElsewhere(program, reference, start) &&
    !isElsewhen(start, reference);
  return withUsers(program, touchingHolder(program, heap, fields, file, near))
    .filter(mayLeadOn)
    .map((reference) => intoFunction(memory, heap, from, reference));
}

/** The names of a holder's fields, in order. */
function fieldsOf(heap: string): string[] {
  return splitSteps(heap.slice(rootOf(heap).length))
    .filter((step) => step.startsWith('.'))
    .map((step) => step.slice(1));
}

/** The name of the variable, of a holder that is a global or below one. */
function variableOf(heap: string): string {
  return rootOf(heap.slice(1)).replace('::', '');
}

/** The functions of a file that name a holder's fields, or its variable. */
function touchingHolder(
  program: Program,
  heap: string,
  fields: readonly string[],
  file: string,
  near: readonly string[],
): readonly FunctionReference[] {
  if (!heap.startsWith('#::')) return program.touching(file, fields, rootOf(heap).slice(1));
  const variable = variableOf(heap);
  // A static variable of that name in another file is another variable.
  return !near.includes(file) && program.global(variable, file)?.static ? [] : program.naming(file, variable);
}

/** A lead into a function, with the holder's fact at its entry. */
function intoFunction(memory: Memory, heap: string, from: Visit, reference: FunctionReference): Lead {
  const key = `${reference.key}|${heap}`;
  return {
    key,
    way: 'field',
    flow: () => memory.flowFor(reference, [{ pos: null, facts: [heap] }], key),
    parent: { visit: from, pos: from.flow.origins.get(heap)?.pos ?? 0, fact: heap },
    heap,
  };
}
