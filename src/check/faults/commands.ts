/** Commands to a device that all go through one call: which of them it sends is said by a constant, passed or stored in a message. */
import { bodyOf } from '../../flow/paths/function/text.js';
import type { FunctionReference } from '../../program/file.js';
import { type CallOperation, type Graph, leadsTo, type Node } from '../../program/graph.js';
import { rootOf, type Value } from '../../program/path.js';
import { folderOf } from '../../program/place.js';
import type { Program } from '../../program/program.js';
import { namesIn } from '../../program/text.js';
import { rootsOf } from './leading.js';

/** A constant that says what a call is to do. */
export interface Command {
  name: string;
  /** The variables from which the rest of the message comes; none if the constant is passed. */
  roots: readonly string[];
}

/** Matches names in capitals with several words. */
const constants = /\b[A-Z][A-Z\d]*(?:_[A-Z\d]+)+\b/g;

/** Returns the constants that a function's body names. */
export function constantsIn(program: Program, reference: FunctionReference): string[] {
  return constantsOf(bodyOf(program, reference));
}

function constantsOf(text: string): string[] {
  return [...new Set(text.match(constants))];
}

/** Returns the commands that a call may send: constants that it is passed, or that were stored in a local message that it is passed. */
export function commandsOf(graph: Graph, node: Node, { args, expressions }: CallOperation): Command[] {
  const passed = expressions.flatMap(namesIn).flatMap(constantsOf);
  const messages = rootsOf(args).filter((root) => !graph.params.some(({ name }) => name === root));
  return [...passed.map((name) => ({ name, roots: [] })), ...messages.flatMap((message) => storedIn(graph, node, message))];
}

/** True if one of some commands is sent by the same call in a file of the folder. */
export function isSentNear(program: Program, commands: readonly string[], call: string, file: string): boolean {
  const folder = folderOf(file);
  return program.tree.filesCalling(call).some((f) => folderOf(f) === folder && isNamedIn(program, commands, f));
}

/** True if a function of the file names one of some constants. */
export function isNamedIn(program: Program, names: readonly string[], file: string): boolean {
  return program.searched(file, new RegExp(`\\b(?:${names.join('|')})\\b`)).some((r) => !r.macro);
}

/** The commands that were stored in a message where it is sent. */
function storedIn(graph: Graph, sent: Node, message: string): Command[] {
  const pointers = graph.aliases.filter(({ source }) => source.address && rootOf(source.path ?? '') === message);
  const names = new Set([message, ...pointers.map(({ target }) => target)]);
  const stores = graph.nodes
    .flatMap((n) => storedAt(n) ?? [])
    .filter(({ target }) => target !== rootOf(target) && names.has(rootOf(target)));
  const last = stores.filter(({ node, target }) => {
    const isAnew = (n: Node): boolean => n !== node && stores.some((other) => other.node === n && other.target === target);
    return leadsTo(graph, node, (n) => n === sent, isAnew);
  });
  const roots = last.flatMap(({ value }) => rootsOf([value]));
  return last.flatMap(({ value }) => constantsOf(value.text)).map((name) => ({ name, roots }));
}

/** What a node stores, and where; `null` if it stores no value. */
function storedAt(node: Node): { node: Node; target: string; value: Value } | null {
  const o = node.operation;
  if (o?.kind === 'copy') return { node, target: o.target, value: o.source };
  return o?.kind === 'clear' ? { node, target: o.target, value: { path: null, address: false, text: o.text } } : null;
}
