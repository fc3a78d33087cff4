/**
 * Members that alone lead to pages, and that only the functions which fill them name: nobody can ever drop what is there, however
 * often the same is dropped from other objects of that struct.
 */
import type { FunctionReference } from '../../../program/file.js';
import { type Graph, isStore, leadsTo, type Node, type Operation } from '../../../program/graph.js';
import { rootOf } from '../../../program/path.js';
import { memberText } from '../../../program/patterns.js';
import type { Program } from '../../../program/program.js';
import { isNumber } from '../../../program/types.js';
import { acquires } from '../../../protocol/index.js';
import { type End, succeeds } from '../walk/keeping.js';

/** The members on every way from what outlives a function to the pages that only those who fill them name; empty if there is none. */
export function unnamedIn(program: Program, { reference, exit }: End, taking: ReadonlySet<string>): string[] {
  // Its callers, if it has any, may drop what they were handed: their own exits say more. What was put on a list is found there.
  if (exit.unsure || exit.linked || exit.holders.length === 0 || !succeeds(exit) || program.callers(reference).length > 0) return [];
  const ways: string[][] = [...exit.holders.map((h) => h.suffix), ...exit.within].map((way) => way.match(/(?<=\.)\w+/g) ?? []);
  const everywhere = [...new Set(ways[0])].filter((member) => ways.every((members) => members.includes(member)));
  return everywhere.filter((member) => isFilledOnly(program, member, taking));
}

/** True if only the functions that fill a member name it, and none of them does before it is filled. */
function isFilledOnly(program: Program, member: string, taking: ReadonlySet<string>): boolean {
  const named = new RegExp(memberText(member), 'g');
  const timesIn = (text: string): number => text.match(named)?.length ?? 0;
  const filling: FunctionReference[] = [];
  const isOther = (file: string): boolean => {
    const by = program.searched(file, named);
    const inside = by.reduce((sum, r) => sum + timesIn(program.textOf(r)), 0);
    filling.push(...by);
    // A mention outside of functions, in a macro or a table, may be of any use.
    const isFilling = (r: FunctionReference): boolean =>
      !r.macro && taking.has(r.key) && !isNamedBefore(program, r, member, taking) && !isKeptElsewhere(program, r, member);
    return inside < program.matches(file, named).length || !by.every(isFilling);
  };
  return !program.tree.filesAccessing(member).some(isOther) && isObject(program, filling, member);
}

/** True for a member that is a struct or a pointer. With a number that it was told, user space may come back by another way. */
function isObject(program: Program, by: readonly FunctionReference[], member: string): boolean {
  const types = by.flatMap((r) =>
    program.graphs(r).flatMap((graph) => {
      const paths = new Set(graph.nodes.flatMap(({ operation: o }) => [...pathsIn(o), isStore(o) ? o.target : '']));
      return [...paths].flatMap((path) => (path.endsWith(`.${member}`) ? (program.typeOf(path, graph, r.file) ?? []) : []));
    }),
  );
  return types.length > 0 && !types.some(isNumber);
}

/** True if a function names a member, other than to clear it, before any call that hands it the pages. */
function isNamedBefore(program: Program, r: FunctionReference, member: string, taking: ReadonlySet<string>): boolean {
  const step = new RegExp(`\\.${member}(?!\\w)`);
  const isTaking = (name: string): boolean => acquires.has(name) || program.resolve(name, r.file).some(({ key }) => taking.has(key));
  const takes = ({ operation: o }: Node): boolean => o?.kind === 'call' && o.name !== null && isTaking(o.name);
  return program.graphs(r).some((graph: Graph) => {
    const seeds = graph.nodes.filter(takes);
    return graph.nodes.some(
      (n) => pathsIn(n.operation).some((p) => step.test(p)) && !seeds.some((s) => s === n || leadsTo(graph, s, (m) => m === n)),
    );
  });
}

/** True if a function stores what it puts into a member also elsewhere, other than in a local variable. */
function isKeptElsewhere(program: Program, r: FunctionReference, member: string): boolean {
  const isMember = (path: string): boolean => path.endsWith(`.${member}`);
  return program.graphs(r).some(({ nodes }) => {
    const copies = nodes.flatMap(({ operation: o }) =>
      o?.kind === 'copy' && o.source.path !== null ? [{ from: o.source.path, to: o.target }] : [],
    );
    const values = new Set(copies.flatMap(({ from, to }) => (isMember(to) ? [from] : [])));
    for (const value of values) for (const { from, to } of copies) if (to === value) values.add(from);
    const isValue = (path: string): boolean => values.has(path) || isMember(path);
    return copies.some(({ from, to }) => isValue(from) && !isMember(to) && (rootOf(to) !== to || to.startsWith('::')));
  });
}

/** The paths that an operation reads. */
function pathsIn(o: Operation | null): string[] {
  if (o?.kind === 'call') return o.args.flatMap((a) => a.path ?? []);
  // A store to a member reads what is before the member.
  if (o?.kind === 'copy') return [o.source.path ?? '', o.target.replace(/\.\w+(?:\[\])*$/, '')];
  if (o?.kind === 'return') return [o.value?.path ?? ''];
  return o?.kind === 'assume' ? [o.left, o.right, ...(o.call?.args ?? [])].flatMap((v) => v.path ?? []) : [];
}
