/** Builds the {@link Graph} of one function variant from its AST. */
import type { FunctionVariant } from '../../syntax/ast.js';
import type { Graph } from '../graph.js';
import { type Builder, connect, type Names, node } from './builder.js';
import { openAtLabels } from './scopes.js';
import { block, innerBlock } from './statements.js';

/** Builds the control-flow graph of a function variant. Never throws on odd input; the parser bounds the nesting. */
export function lower(variant: FunctionVariant, names: Names): Graph {
  let openAt: ReadonlyMap<string, number> | undefined;
  const b: Builder = {
    nodes: [],
    current: -1,
    loops: [],
    guards: [],
    breaks: [],
    continues: [],
    switches: [],
    cleanups: [],
    labels: new Map(),
    openAt(name) {
      openAt ??= openAtLabels(variant.body);
      return openAt.get(name) ?? 0;
    },
    types: new Map(variant.params.filter((p) => p.name !== '').map((p) => [p.name, p.type])),
    aliases: [],
    callbacks: [],
    assigned: [],
    exit: 0,
    names,
    writing: [],
    temporaries: 0,
    loopIds: 0,
    block: innerBlock,
  };
  const entry = node(b, variant.pos, null, false);
  b.exit = node(b, variant.end, null, false);
  b.current = entry;
  block(b, variant.body);
  connect(b, b.exit);
  return {
    nodes: b.nodes,
    entry,
    exit: b.exit,
    params: variant.params,
    types: b.types,
    aliases: b.aliases,
    callbacks: b.callbacks,
    assigned: b.assigned,
    paths: [],
    assumptions: variant.assumptions,
  };
}
