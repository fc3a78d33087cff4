/** Finds the sites: every call of an acquiring name, also through a macro that is one. */
import { acquires, type Acquire, type Signature } from '../protocol/index.js';
import type { CallOperation, Graph, Node } from '../program/graph.js';
import { plainPath, sourceName } from '../program/lower.js';
import type { FunctionReference, Program } from '../program/program.js';
import type { Expression } from '../syntax/ast.js';
import type { Acquired } from '../flow/outcome.js';

/** A site before it is followed. */
export interface Site {
  reference: FunctionReference;
  acquire: Acquire;
  signature: Signature | null;
  /** The call as it stands in the function: of the API, or of a macro for it. */
  call: CallOperation;
  node: Node;
  graph: Graph;
  /** Expressions of the API's own arguments, taken from the macro's where there is one. */
  expressions: (Expression | undefined)[];
  /** Position of the page argument among the call's arguments, `null` if the page is the result. */
  pages: number | null;
  /** Name of the macro that stands for the API, or `null`. */
  macro: string | null;
}

/** All sites of a file, in the order of the text. */
export function sitesIn(program: Program, file: string): Site[] {
  const facts = program.file(file);
  if (!facts) return [];
  const found = new Map<number, Site>();
  for (const reference of facts.functions) {
    if (reference.macro && aliasOf(program, reference)) continue;
    const text = facts.text.slice(reference.item.pos, reference.item.end);
    if (!mentionsAcquire(text) && !mentionsAlias(program, facts.file, text)) continue;
    for (const graph of program.graphs(reference)) {
      for (const node of graph.nodes) {
        const call = node.operation;
        if (call?.kind !== 'call' || call.name === null || found.has(call.pos)) continue;
        const site = siteOf(program, reference, graph, node, call, call.name);
        if (site) found.set(call.pos, site);
      }
    }
  }
  return [...found.values()].sort((a, b) => a.call.pos - b.call.pos);
}

const anyAcquire = new RegExp(`\\b(?:${[...acquires.keys()].join('|')})\\b`);

export function mentionsAcquire(text: string): boolean {
  return anyAcquire.test(text);
}

function mentionsAlias(program: Program, file: string, text: string): boolean {
  for (const name of program.aliasNames(file)) if (text.includes(name)) return true;
  return false;
}

function siteOf(program: Program, reference: FunctionReference, graph: Graph, node: Node, call: CallOperation, name: string): Site | null {
  const own = program.file(reference.file)?.byName.get(name);
  const acquire = acquires.get(name);
  if (acquire && !own?.some((f) => (f.static || f.macro) && f.key !== reference.key)) {
    const signature = signatureOf(acquire, call, graph, program, reference.file);
    return { reference, acquire, signature, call, node, graph, expressions: call.expressions, pages: signature?.pages ?? null, macro: null };
  }
  if (acquire) return null;
  for (const definition of program.macros(name, reference.file)) {
    const alias = aliasOf(program, definition);
    if (!alias) continue;
    const params = program.variants(definition)[0]?.params ?? [];
    // Each of the API's arguments is an argument of the macro's, or stands in the macro itself.
    const position = (e: Expression): number => params.findIndex((p) => p.name === plainPath(e));
    const signature = signatureOf(alias.acquire, alias.call, alias.graph, program, definition.file);
    const expressions = alias.call.expressions.map((e) => (position(e) >= 0 ? call.expressions[position(e)] : e));
    const inner = signature?.pages === null || signature === null ? undefined : alias.call.expressions[signature.pages];
    const pages = inner ? position(inner) : -1;
    return { reference, acquire: alias.acquire, signature, call, node, graph, expressions, pages: pages >= 0 ? pages : null, macro: name };
  }
  return null;
}

/** The one acquiring call that a macro's body is, or `null`. */
export function aliasOf(program: Program, macro: FunctionReference): { acquire: Acquire; call: CallOperation; graph: Graph } | null {
  if (!macro.macro) return null;
  const text = program.file(macro.file)?.text.slice(macro.item.pos, macro.item.end) ?? '';
  if (!mentionsAcquire(text)) return null;
  for (const graph of program.graphs(macro)) {
    const calls = graph.nodes.filter((n) => n.operation?.kind === 'call');
    const call = calls[0]?.operation;
    if (calls.length !== 1 || call?.kind !== 'call' || call.name === null) continue;
    const acquire = acquires.get(call.name);
    if (acquire && acquire.name !== macro.name) return { acquire, call, graph };
  }
  return null;
}

/** The signature that fits the number of arguments; where several do, the one whose page argument is of a page type. */
function signatureOf(acquire: Acquire, call: CallOperation, graph: Graph, program: Program, file: string): Signature | null {
  const fitting = acquire.signatures.filter((s) => s.args === call.args.length);
  if (fitting.length <= 1) return fitting[0] ?? null;
  const isPage = (s: Signature): boolean => {
    const value = s.pages === null ? undefined : call.args[s.pages];
    if (!value?.path) return false;
    const type = program.typeOf(value.path, graph, file);
    return type?.tag === 'page' || type?.tag === 'folio';
  };
  return fitting.find(isPage) ?? fitting[0] ?? null;
}

/** Facts that begin to hold after the site's call, as seeds are written. */
export function seedsOf(site: Site): string[] {
  if (site.acquire.result === 'page') return ['%result'];
  return site.pages === null ? [] : [`%arg${site.pages}${site.acquire.behind}`];
}

/** What the result of a site's call says. */
export function acquiredOf(site: Site): Acquired {
  const at = site.signature?.count ?? null;
  const expression = at === null ? undefined : site.expressions[at];
  const one = site.acquire.result === 'bool' || site.acquire.result === 'page';
  return {
    result: site.acquire.result,
    count: one ? '1' : expression ? sourceName(expression) : '',
    countPath: expression ? plainPath(expression) : null,
  };
}

/** True if the page array is a literal NULL: the call only faults in. */
export function takesNothing(site: Site): boolean {
  const e = site.signature?.pages === null || site.signature === null ? undefined : site.expressions[site.signature.pages];
  return e !== undefined && (sourceName(e) === 'NULL' || sourceName(e) === '0');
}
