/** The transfer function: the facts after a node, from those before it. */
import { type Assume, type Node, turnedOver } from '../../program/graph.js';
import { rootOf, type Value } from '../../program/path.js';
import { errorTests } from '../../protocol/index.js';
import { contentsOf, type Facts } from '../facts.js';
import { refine } from '../outcome.js';
import { call } from './call.js';
import { copy, drop, originalOf } from './holding.js';
import { setResult, unfilled } from './refill.js';
import { once, type Run } from './run.js';

/** The facts after a node. */
export function transfer(r: Run, n: Node, input: Facts): Facts {
  const o = n.operation;
  if (!o) return input;
  if (o.kind !== 'call' && input.size === 0) return input;
  switch (o.kind) {
    case 'copy': {
      const facts = new Set(input);
      copy(r, facts, o, n);
      return facts;
    }
    case 'clear': {
      const facts = new Set(input);
      drop(facts, o.target, true);
      facts.delete(`!${o.target}`);
      setResult(r, facts, o.target, null);
      return facts;
    }
    case 'assume':
      return assume(r, o, input);
    case 'return': {
      if (o.value) {
        const extra = isExtra(r, o.value, input);
        for (const suffix of contentsOf(o.value, input, r.scope)) {
          if (!(extra && suffix === '') && !r.flow.returns.includes(suffix)) r.flow.returns.push(suffix);
        }
      }
      return input;
    }
    case 'update': {
      // A count that is changed is not what the call returned.
      if (!input.has(`!${o.target}`) && r.refills.size === 0) return input;
      const facts = new Set(input);
      facts.delete(`!${o.target}`);
      setResult(r, facts, o.target, null);
      return facts;
    }
    case 'unread':
      if (once(r, 'unread', n.pos)) r.flow.unread.push({ pos: n.pos, why: o.why });
      return input;
    case 'call':
      return call(r, n, o, input);
  }
}

/** True for a page that stays where it was looked up: the caller gets the extra reference that was taken on it here. */
function isExtra(r: Run, { path }: Value, facts: Facts): boolean {
  if (path === null || !facts.has(`+${path}`)) return false;
  const original = originalOf(r, path);
  return rootOf(original) !== original;
}

function assume(r: Run, o: Assume, input: Facts): Facts {
  const acquired = r.seeds.find((s) => s.acquired)?.acquired;
  let facts = input;
  const isResult = ({ path }: Value): boolean => path !== null && input.has(`!${path}`);
  if (acquired && isResult(o.left)) facts = refine(acquired, o, input);
  else if (acquired && isResult(o.right)) facts = refine(acquired, turnedOver(o), input);
  facts = unfilled(r, o, facts);
  // `if (!page)` and `IS_ERR(page)`: on that edge the pointer holds nothing.
  const path = o.left.path;
  if (
    path !== null &&
    o.call === null &&
    o.right.path === null &&
    (o.right.text === '0' || o.right.text === 'NULL') &&
    o.op === '==' &&
    facts.has(path)
  ) {
    facts = new Set(facts);
    facts.delete(path);
  }
  if (o.call !== null && o.op === '!=' && errorTests.test(o.call.name ?? '')) {
    const tested = o.call.args[0]?.path;
    if (tested && facts.has(tested)) {
      facts = new Set(facts);
      facts.delete(tested);
    }
  }
  return facts;
}
