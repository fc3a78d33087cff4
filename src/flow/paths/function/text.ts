/** What is written where a node stands, and in a function's body. */
import type { FunctionReference } from '../../../program/file.js';
import type { Graph, Node } from '../../../program/graph.js';
import type { Program } from '../../../program/program.js';
import { spelled } from '../../../program/written.js';

/** The function that a text is of. */
export interface Within {
  program: Program;
  reference: FunctionReference;
}

/** One variant of it. */
export type InGraph = Within & { graph: Graph };

/** The text from a node on: as much as says what sort of statement it is. */
export function textAt({ program, reference }: Within, n: Node): string {
  return program.between(reference.file, n.pos, n.pos + 120);
}

/** A path of a function as C writes it. */
export function spelledIn({ program, reference, graph }: InGraph, path: string): string {
  return spelled(path, graph.types, (tag) => program.structure(tag, reference.file)) || 'an object';
}

/** The text of a function from the brace of its body on. */
export function bodyOf(program: Program, reference: FunctionReference): string {
  const text = program.textOf(reference);
  return text.slice(text.indexOf('{'));
}

const called = /\b([A-Za-z_]\w*)\s*\(/g;

/** The names that a function's body has before a parenthesis, but for its own. */
export function namesCalled(program: Program, reference: FunctionReference): string[] {
  const names = Array.from(bodyOf(program, reference).matchAll(called), (match) => match[1] as string);
  return [...new Set(names)].filter((name) => name !== reference.name && !words.has(name));
}

const calledMember = /(?:->|\.)(\w+)\s*\(/g;

/** The members of objects that a function's body has before a parenthesis. */
export function membersCalled(program: Program, reference: FunctionReference): string[] {
  return [...new Set(Array.from(bodyOf(program, reference).matchAll(calledMember), (match) => match[1] as string))];
}

const words = new Set(['if', 'while', 'for', 'switch', 'return', 'sizeof']);
