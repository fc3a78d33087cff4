/** A call behind which pages are counted: the acquiring call itself, or one of a function that returns its count. */
import { outcomesOfNone } from '../../flow/outcome.js';
import { indexOf } from '../../flow/paths/loops/unwind.js';
import type { Holder } from '../../flow/paths/memory/state.js';
import { isWhole } from '../../flow/paths/step/drop.js';
import type { FunctionReference } from '../../program/file.js';
import { type CallOperation, type Graph, isStore, type Node } from '../../program/graph.js';
import { pathBelow, rootOf, type Value } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import { plainPath, sourceName } from '../../program/text.js';
import { acquiredOf, type Site } from '../../survey/sites.js';
import type { Subject } from '../../survey/unit.js';
import { type FindingStep, stepIn, taken } from '../finding.js';
import { ALL, ERROR, SHORT, ZERO } from './symbols.js';

/** The outcomes of the acquiring call for which a function returns zero, and for which that function returns an error: bits of sets. */
export interface Status {
  zero: number;
  error: number;
}

/** Such a call in one variant of its function. */
export interface Taking {
  subject: Subject;
  reference: FunctionReference;
  graph: Graph;
  /** The node of the call. */
  start: Node;
  call: CallOperation;
  /** The argument that the pages are put in. */
  array: Value;
  /** The number asked for, as text and as a path; `''` and `null` where it is not known. */
  asked: { text: string; path: string | null };
  /** Outcomes that the call's result may stand for: bits of a set. */
  outcomes: number;
  /**
   * What the numbers count: `all` the pages of the array from its first on; `some`, the same without knowing how many were asked for; a
   * `part` of the array; or `bytes`.
   */
  indexes: 'all' | 'some' | 'part' | 'bytes';
  /** Members that hold the number taken, or the error, behind the call: the function that is called has left it there. */
  left: readonly string[];
  /** What the result says, if it is no count. */
  status: Status | null;
  /** The steps from the acquiring call to this one. */
  way: readonly FindingStep[];
}

/** The site's own call in each variant of its function; none where nothing says how many pages it asks for. */
export function takingsOf(subject: Subject): Taking[] {
  const { program, site } = subject;
  const at = site.signature?.pages ?? null;
  const array = at === null ? undefined : site.call.args[at];
  const acquired = acquiredOf(program, site);
  const { result } = acquired;
  const asked = askedOf(program, site);
  if (at === null || !array?.path || asked.text === '') return [];
  const one = asked.text === '1' && result !== 'bytes';
  const failed = outcomesOfNone(site.call.name, acquired).reduce((bits, none) => bits | (none === '?error' ? ERROR : ZERO), 0);
  return program.graphs(site.reference).flatMap((graph): Taking[] => {
    const start = graph.nodes.find((n) => n.operation?.kind === 'call' && n.operation.pos === site.call.pos);
    if (start?.operation?.kind !== 'call') return [];
    return [
      {
        subject,
        reference: site.reference,
        graph,
        start,
        call: start.operation,
        array,
        asked,
        outcomes: one ? failed | ALL : ERROR | ZERO | SHORT | ALL,
        indexes: result === 'bytes' ? 'bytes' : isPart(site.call, at) ? 'part' : 'all',
        left: [],
        status: null,
        way: [taken(subject)],
      },
    ];
  });
}

/** The number of pages or bytes that the site asks for. */
function askedOf(program: Program, site: Site): Taking['asked'] {
  const { count, countPath } = acquiredOf(program, site);
  const bytes = site.call.expressions[site.signature?.bytes ?? -1];
  return bytes ? { text: sourceName(bytes), path: plainPath(bytes) } : { text: count, path: countPath };
}

/**
 * True for an argument that is not the whole array: it has an offset (`pages + n`), begins at an element (`&obj->pages[i]`), or is an
 * element.
 */
function isPart(call: CallOperation, at: number): boolean {
  const e = call.expressions[at];
  const isElement = e?.kind === 'unary' && e.op === '&' && e.operand.kind === 'member' && indexOf(e) !== null;
  return !isWhole(call, at) || isElement || (call.args[at]?.address === true && call.args[at]?.path?.endsWith('[]') === true);
}

/**
 * The calls of a function that returns its count with the outcomes `handed`, if the caller gave it the array, or the object in which that
 * is, and it did not change that. Where it was not given the number asked for, ERROR has to be among the outcomes.
 * @param left members of the objects that it is given in which it leaves the count, too
 */
export function takingsAbove(taking: Taking, handed: number, left: readonly string[]): Taking[] {
  const { subject, reference, graph, start, array, asked } = taking;
  const { program } = subject;
  const params = graph.params.map((p) => p.name);
  const pages = array.address ? null : belowGiven(graph, array.path ?? '');
  const count = asked.path === null ? -1 : params.indexOf(asked.path);
  const isAsked = count >= 0;
  if (pages === null || taking.indexes === 'bytes' || (!isAsked && (handed & ERROR) === 0)) return [];
  const given = [pages.of, ...(isAsked ? [count] : [])].map((of) => params[of]);
  const isChanged = ({ operation: o, pos }: Node): boolean => isStore(o) && pos < start.pos && given.includes(o.target);
  if (graph.nodes.some(isChanged)) return [];
  return program.callSites(reference).flatMap(({ caller, graph: above, node, call }): Taking[] => {
    const [handing, wanted] = [call.args[pages.of], isAsked ? call.expressions[count] : undefined];
    if (caller.macro || !handing?.path || (isAsked && !wanted)) return [];
    const text = wanted ? sourceName(wanted) : '';
    const there = pages.suffix === '' ? handing : { path: handing.path + pages.suffix, address: false, text: '' };
    if (text === '1') return [];
    const step = stepIn(program, caller, call.pos, `handed on by ${reference.name}()`);
    return [
      {
        subject,
        reference: caller,
        graph: above,
        start: node,
        call,
        array: there,
        asked: { text, path: wanted ? plainPath(wanted) : null },
        outcomes: ERROR | handed,
        indexes: isPart(call, pages.of) ? 'part' : isAsked ? 'all' : 'some',
        left: left.flatMap((member) => inCaller(member, params, call) ?? []),
        status: null,
        way: [...taking.way, step],
      },
    ];
  });
}

/** A member of what a parameter leads to, in terms of the arguments of a call. */
function inCaller(member: string, params: readonly string[], { args }: CallOperation): string | null {
  const given = args[params.indexOf(rootOf(member))];
  return given ? pathBelow(given, member.slice(rootOf(member).length)) : null;
}

/** The parameter that an array is passed in, and the suffix below it at which the array is; `null` for any other array. */
function belowGiven({ params }: Graph, path: string): Holder | null {
  const root = rootOf(path);
  const [of, suffix] = [params.findIndex((p) => p.name === root), path.slice(root.length)];
  return of < 0 || !/^(\.\w+)*$/.test(suffix) ? null : { of, suffix };
}
