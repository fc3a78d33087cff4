/** Finds the sites: every call of an acquiring name, also through a macro for one. */

import { knownAt } from '../flow/objects.js';
import { type Acquired, acquiredBy } from '../flow/outcome.js';
import type { Start } from '../flow/visit.js';
import { isSmall } from '../program/aliases.js';
import type { FunctionReference } from '../program/file.js';
import { type CallOperation, callsAt, type Graph, type Guard, isStore, type Node, says } from '../program/graph.js';
import type { Program } from '../program/program.js';
import { sourceName } from '../program/text.js';
import { isNarrow } from '../program/types.js';
import { type Acquire, acquires, type Signature } from '../protocol/index.js';
import type { Tree } from '../source/index.js';
import { excludes, isBefore } from '../syntax/assumptions.js';
import type { CType, Expression } from '../syntax/ast.js';
import { assumedAt } from '../syntax/index.js';
import { noPointer } from '../syntax/truth.js';

/** A site before it is followed. */
export interface Site {
  reference: FunctionReference;
  /** What the tables say about the call. */
  acquire: Acquire;
  /** The list of arguments that the call has; `null` if it fits no kernel. */
  signature: Signature | null;
  /** The call, of the API or of a macro for it. Its arguments are those of the API. */
  call: CallOperation;
  /** The node of the call, in `graph`. */
  node: Node;
  graph: Graph;
  /** The seeds of the call in each variant of the function. */
  layouts: Map<CallOperation, readonly string[]>;
}

/**
 * Returns the files that name an acquiring call before a parenthesis; in a driver's tree, all that name one, since it may be passed to
 * something that calls it. User space beside the kernel is not part of it.
 */
export function acquiringFiles(tree: Tree): string[] {
  const found = new Set(isSmall(tree) ? tree.files.filter((file) => anyAcquire.test(tree.read(file) ?? '')) : []);
  for (const name of acquires.keys()) for (const file of tree.filesCalling(name)) found.add(file);
  return [...found].sort();
}

/** Returns all sites of a file, in the order of the text. */
export function sitesIn(program: Program, file: string): Site[] {
  const facts = program.file(file);
  if (!facts) return [];
  const aliases = program.aliasNames(file);
  const found = new Map<string, Site>();
  for (const reference of facts.functions) {
    const text = program.textOf(reference);
    if (!anyAcquire.test(text) && !aliases.some((name) => text.includes(name))) continue;
    if (reference.macro && (program.isAlias(reference) || isWrittenOut(program, reference))) continue;
    for (const graph of program.graphs(reference)) {
      for (const node of graph.nodes) {
        const call = node.operation;
        if (call?.kind !== 'call' || call.name === null) continue;
        const site = siteOf(program, reference, graph, node, call, call.name);
        if (!site) continue;
        // If a macro is one call in one arm and another call in another arm, each is a site.
        const key = `${call.pos} ${call.name}`;
        const known = found.get(key);
        const layouts = known?.layouts ?? site.layouts;
        layouts.set(call, seedsOf(site));
        // A variant in which the arguments fit no kernel comes from conditions that cannot hold together.
        if (!known || (known.signature === null && site.signature !== null)) found.set(key, { ...site, layouts });
      }
    }
  }
  return [...found.values()].sort((a, b) => a.call.pos - b.call.pos);
}

/** True for a macro that is expanded by all who use it: the sites are theirs. */
function isWrittenOut(program: Program, macro: FunctionReference): boolean {
  const takes = ({ operation: o }: Node): boolean => o?.kind === 'call' && acquires.has(o.name ?? '');
  const users = program.callers(macro);
  return users.some((user) => program.graphs(user).some((graph) => graph.nodes.some(takes))) && program.callSites(macro).length === 0;
}

const anyAcquire = new RegExp(`\\b(?:${[...acquires.keys()].join('|')})\\b`);

function siteOf(program: Program, reference: FunctionReference, graph: Graph, node: Node, call: CallOperation, name: string): Site | null {
  const acquire = acquires.get(name);
  if (!acquire) return null;
  if (meantAt({ reference, call }, name, program).every((when) => excludes([...graph.assumptions, ...reference.item.conditions], when)))
    return null;
  const signature = signatureOf(acquire, call, graph, program, reference);
  return { reference, acquire, signature, call, node, graph, layouts: new Map() };
}

/**
 * The alternative sets of conditions under which a call is the kernel's, as its file may define a function of that name; none if it never
 * is.
 */
function meantAt({ reference, call }: Pick<Site, 'reference' | 'call'>, name: string, program: Program): readonly (readonly string[])[] {
  if (call.macro !== null) return [[]];
  const { definitions, tabled } = program.meaning(name, reference.file);
  return definitions.some((f) => f.key === reference.key) ? [[]] : tabled;
}

/**
 * The signature that fits the number of arguments and has no number where the pages go. If several fit: the one whose page argument has a
 * page type, else the one of the kernels for which this arm is compiled.
 */
function signatureOf(
  acquire: Acquire,
  call: CallOperation,
  graph: Graph,
  program: Program,
  { file, item }: FunctionReference,
): Signature | null {
  const typeOf = ({ pages }: Signature): CType | null => {
    const path = pages === null ? null : (call.args[pages]?.path ?? null);
    return path === null ? null : program.typeOf(path, graph, file);
  };
  const isNumber = ({ pages }: Signature): boolean => pages !== null && saysNumber(call.expressions[pages]);
  const fitting = acquire.signatures.filter((s) => s.args === call.args.length && !isNarrow(typeOf(s)) && !isNumber(s));
  const typed = fitting.find((s) => /^(page|folio)$/.test(typeOf(s)?.tag ?? ''));
  return (
    typed ?? fitting.findLast((s) => s.until && isBefore([...graph.assumptions, ...item.conditions], ...s.until)) ?? fitting[0] ?? null
  );
}

/** True for an argument that can only be flags or a number: no page array is there. */
function saysNumber(e: Expression | undefined): boolean {
  if (e?.kind === 'literal') return /^[1-9]/.test(e.text);
  // The sum of a pointer and a number is a pointer.
  if (e?.kind === 'binary') return e.op === '|' ? saysNumber(e.left) || saysNumber(e.right) : saysNumber(e.left) && saysNumber(e.right);
  return e?.kind === 'identifier' && /^FOLL_[A-Z]+$/.test(e.name);
}

/** The facts that hold behind the site's call, written as seeds. */
function seedsOf(site: Site): string[] {
  if (site.acquire.result === 'page') return ['%result'];
  const pages = site.signature?.pages ?? null;
  return pages === null ? [] : [`%arg${pages}${site.acquire.behind}`];
}

/** Returns the conditions on which the site depends, for each variant of the function that has it. */
export function assumptionsOf(program: Program, site: Site): string[][] {
  const { reference, call } = site;
  const text = program.textOf(reference);
  return program
    .graphs(reference)
    .filter((g) => callsAt(g, call.pos).some(({ name }) => name === call.name))
    .map((g) => [
      ...assumedAt(text, call.pos - reference.item.pos, g.assumptions),
      ...program.armAt(reference, call.pos, g.assumptions),
      ...reference.item.conditions,
    ])
    .flatMap((assumed) => meantAt(site, site.acquire.name, program).map((when) => [...assumed, ...when]));
}

/** Returns where following a site starts. */
export function startOf(program: Program, site: Site): Start {
  const { reference, call, layouts } = site;
  return {
    reference,
    pos: call.pos,
    facts: seedsOf(site),
    layouts,
    acquired: acquiredOf(program, site),
    known: knownAt(site.graph, site.node.guards),
    alternatives: assumptionsOf(program, site),
  };
}

/** Returns what the result of a site's call says. */
export function acquiredOf(program: Program, { acquire, signature, call, reference }: Site): Acquired {
  return acquiredBy(acquire, signature, call, (name) => program.constant(name, reference.file));
}

/** True if the page array is NULL, written so or in a variable that is NULL at the call: then the call only faults in. */
export function takesNothing(site: Site): boolean {
  const e = site.signature?.pages === null || site.signature === null ? undefined : site.call.expressions[site.signature.pages];
  if (e === undefined) return false;
  return noPointer.test(sourceName(e)) || (e.kind === 'identifier' && (isNullAt(site, e.name) || isStillNull(site, e.name)));
}

/** True for a node that may give a variable a value. */
function sets({ operation: o }: Node, name: string): boolean {
  if (isStore(o)) return o.target === name;
  return o?.kind === 'call' && o.args.some((a) => a.address && a.path === name);
}

/** True for a local variable that begins as NULL and is set to something else only under a test whose opposite holds at the call. */
function isStillNull({ graph, node }: Site, name: string): boolean {
  if (graph.params.some((p) => p.name === name)) return false;
  const isNull = ({ operation: o }: Node): boolean =>
    (o?.kind === 'clear' && noPointer.test(o.text)) || (o?.kind === 'copy' && o.source.path === null && noPointer.test(o.source.text));
  const isSame = (path: string | null): boolean =>
    path !== null && graph.params.some((p) => p.name === path) && !graph.nodes.some((n) => sets(n, path));
  const isOpposite = (a: Guard, b: Guard): boolean =>
    a.path === b.path &&
    a.call === '' &&
    b.call === '' &&
    a.values.length + b.values.length === 0 &&
    a.negated !== b.negated &&
    isSame(a.path);
  const setters = graph.nodes.filter((n) => sets(n, name));
  return setters.some(isNull) && setters.every((n) => isNull(n) || n.guards.some((a) => node.guards.some((b) => isOpposite(a, b))));
}

/** True under a test which finds that a variable is NULL, if nothing sets it between the test and the call. */
function isNullAt({ graph, node }: Site, name: string): boolean {
  return node.guards.some(
    (guard) =>
      guard.path === name && guard.call === '' && says(guard, true) && !graph.nodes.some((n) => n.guards.includes(guard) && sets(n, name)),
  );
}
