/** Prints a graph as text for people: `putright debug program FILE FUNCTION`. */
import type { Graph, Operation } from './graph.js';
import type { Value } from './path.js';

function value(v: Value): string {
  return v.path === null ? v.text || '_' : `${v.address ? '&' : ''}${v.path}`;
}

function operation(o: Operation | null): string {
  switch (o?.kind) {
    case undefined:
      return '';
    case 'copy':
      return `${o.target} ${o.replaces ? '=' : '|='} ${value(o.source)}`;
    case 'call':
      return `${o.result} = ${o.name ?? `*${o.through}`}(${o.args.map(value).join(', ')})${o.iterates ? ' each' : ''}`;
    case 'assume':
      return `if ${value(o.left)} ${o.op} ${value(o.right)}`;
    case 'return':
      return `return ${o.value ? value(o.value) : ''}`;
    case 'clear':
      return `${o.target} = ${o.text || '?'}`;
    case 'update':
      return `${o.target} changes`;
    case 'unread':
      return `unread: ${o.why}`;
  }
}

/** Returns the text of a graph, one line per node: number, line, loop depth, operation, successors. */
export function printGraph(graph: Graph, lineOf: (pos: number) => number): string {
  const head = graph.assumptions.length > 0 ? [`assuming ${graph.assumptions.join(', ')}`] : [];
  const lines = graph.nodes.map(
    (n) =>
      `${String(n.id).padStart(4)} line ${String(lineOf(n.pos)).padEnd(5)} ${'  '.repeat(n.loops.length)}${operation(n.operation)} -> ${n.successors.join(' ') || 'end'}`,
  );
  return [...head, ...lines].join('\n');
}
