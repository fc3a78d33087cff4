/** The text at a node, and in a function's body. */
import type { FunctionReference } from '../../../program/file.js';
import type { Graph, Node } from '../../../program/graph.js';
import type { Program } from '../../../program/program.js';
import { spelled } from '../../../program/written.js';

/** A function. */
export interface Within {
  /** The program. */
  program: Program;
  /** The function. */
  reference: FunctionReference;
}

/** One variant of a function. */
export type InGraph = Within & { graph: Graph };

/** The text from a node on: long enough to tell what kind of statement it is. */
export function textAt({ program, reference }: Within, n: Node): string {
  return program.between(reference.file, n.pos, n.pos + 120);
}

/** Matches a text that begins with an expression which adds one to a variable, member or element, and does nothing else. */
export const byOne = /^(?:\+\+[\w>.[\]-]+|[\w>.[\]-]+?\s*(?:\+\+|\+=\s*1))\s*[;,)]/;

/** A path as C writes it; `an object` if it cannot be written. */
export function spelledIn({ program, reference, graph }: InGraph, path: string): string {
  return spelled(path, graph.types, (tag) => program.structure(tag, reference.file)) || 'an object';
}

/** The text of a function from the brace of its body on. */
export function bodyOf(program: Program, reference: FunctionReference): string {
  const text = program.textOf(reference);
  return text.slice(text.indexOf('{'));
}

const called = /\b([A-Za-z_]\w*)\s*\(/g;

/** The names before a `(` in a function's body, without its own and keywords. */
export function namesCalled(program: Program, reference: FunctionReference): string[] {
  const names = Array.from(bodyOf(program, reference).matchAll(called), (match) => match[1] as string);
  return [...new Set(names)].filter((name) => name !== reference.name && !words.has(name));
}

const calledMember = /(?:->|\.)(\w+)\s*\(/g;

/** The names after `->` or `.` and before a `(` in a function's body. */
export function membersCalled(program: Program, reference: FunctionReference): string[] {
  return [...new Set(Array.from(bodyOf(program, reference).matchAll(calledMember), (match) => match[1] as string))];
}

const words = new Set(['if', 'while', 'for', 'switch', 'return', 'sizeof']);
