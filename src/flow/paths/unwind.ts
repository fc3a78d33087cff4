/** Loops that undo the earlier rounds of another loop, but not the round that failed. */
import type { FunctionReference } from '../../program/file.js';
import type { CallOperation, Loop } from '../../program/graph.js';
import type { Program } from '../../program/program.js';
import type { Expression } from '../../syntax/ast.js';

/** The loop variable that says which element a call fills, `null` if none of its arguments is an element. */
export function elementOf(call: CallOperation, loops: readonly Loop[]): string | null {
  const counting = new Set(loops.flatMap((l) => l.variables));
  for (const e of call.expressions) {
    const name = indexIn(e);
    if (name !== null && counting.has(name)) return name;
  }
  return null;
}

function indexIn(e: Expression): string | null {
  switch (e.kind) {
    case 'index':
      return e.index.kind === 'identifier' ? e.index.name : indexIn(e.object);
    case 'unary':
    case 'cast':
      return indexIn(e.operand);
    case 'member':
      return indexIn(e.object);
    case 'binary':
      return e.op === '+' && e.right.kind === 'identifier' && e.left.kind !== 'binary' && e.left.kind !== 'literal' ? e.right.name : null;
    default:
      return null;
  }
}

const known = new WeakMap<Loop, Map<string, boolean>>();

/** True if a loop visits only the elements below the one that `index` stands at where the loop begins. */
export function isBelow(program: Program, reference: FunctionReference, loop: Loop, index: string): boolean {
  let answers = known.get(loop);
  if (!answers) {
    answers = new Map();
    known.set(loop, answers);
  }
  let found = answers.get(index);
  if (found === undefined) {
    const text = program.file(reference.file)?.text ?? '';
    // A decrement before the loop, as in `for (i--; i >= 0; i--)`, stands in its head.
    found = below(text.slice(loop.pos, loop.end).replace(/\s+/g, ' '), index);
    answers.set(index, found);
  }
  return found;
}

function below(text: string, i: string): boolean {
  const patterns = [
    `^while ?\\( ?${i}-- ?(> ?0 ?)?\\)`,
    `^while ?\\( ?--${i} ?>= ?0 ?\\)`,
    `^while ?\\( ?${i} ?(> ?0 ?)?\\) ?\\{? ?(--${i}|${i}--) ?;`,
    `^while ?\\( ?${i} ?(> ?0 ?)?\\) ?.*\\[ ?--${i} ?\\]`,
    `^while ?\\( ?${i}-- ?> ?0 ?\\)`,
    `^for ?\\( ?(--${i}|${i}--|${i} ?-= ?1|${i} ?= ?${i} ?- ?1) ?; ?${i} ?>= ?0 ?;`,
    `^for ?\\( ?; ?(--${i} ?>= ?0|${i}--) ?;`,
    `^for ?\\( ?(int |unsigned int )?(\\w+) ?= ?0 ?; ?\\2 ?< ?${i} ?;`,
    `^for ?\\( ?(int |unsigned int )?(\\w+) ?= ?${i} ?- ?1 ?; ?\\2 ?>= ?0 ?;`,
  ];
  return patterns.some((p) => new RegExp(p).test(text));
}
