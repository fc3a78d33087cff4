/** Functions that only read their argument: asked twice on one path, they answer the same. */
import type { Assume, Graph } from '../../../program/graph.js';
import type { Program } from '../../../program/program.js';
import { remembered } from '../../../program/remembered.js';
import type { WalkContext } from '../context.js';
import { bodyOf } from '../function/text.js';
import { valueIn } from '../memory/memory.js';
import { withSign } from '../memory/signs.js';
import { type State, sign } from '../memory/state.js';

/** The state after a condition on such a call; `null` if it was answered otherwise before on this path. */
export function answered({ program, graph, reference: { file } }: WalkContext, { call, op }: Assume, state: State | null): State | null {
  if (state === null || call === null || call.name === null || call.args.length !== 1) return state;
  if (!askedAgain(graph).has(call.name) || !reads(program)(call.name, file)) return state;
  const asked = valueIn(state, call.args[0]);
  if (asked === null || asked.startsWith('=')) return state;
  // The answer is kept as the sign of a value below the argument: it is forgotten when nothing tests that any more.
  return withSign(state, `${asked.replace(/^&/, '')}@${call.name}`, op === '!=' ? sign.any & ~sign.zero : sign.zero);
}

/** The functions that a graph calls in conditions at more than one place. */
const askedAgain = remembered((graph: Graph): ReadonlySet<string> => {
  const places = new Map<string, Set<number>>();
  for (const { operation: o } of graph.nodes) {
    if (o?.kind !== 'assume' || !o.call?.name) continue;
    const known = places.get(o.call.name);
    if (known) known.add(o.call.pos);
    else places.set(o.call.name, new Set([o.call.pos]));
  }
  return new Set([...places].flatMap(([name, { size }]) => (size > 1 ? [name] : [])));
});

const reads = remembered((program: Program) => {
  const known = program.ledger.memo<boolean>();
  const onlyReads = (name: string, file: string): boolean => {
    const definitions = program.resolve(name, file);
    return definitions.length > 0 && definitions.every((r) => !r.macro && plain.test(bodyOf(program, r)));
  };
  return (name: string, file: string): boolean => {
    const key = `${name}\0${file}`;
    return known.get(key) ?? known.work(key, () => onlyReads(name, file));
  };
});

/** A body that is one `return` of an expression without calls or assignments. */
const plain = /^\{\s*return\s+(?!\w+\s*\()(?:[^;=(]|[=!<>]=|(?<=\W)\()+;\s*\}\s*$/;
