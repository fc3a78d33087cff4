/** What is known of a call, and of the names in an operation, on every path: looked up once, as a walk reaches most of them many times. */
import type { FunctionReference } from '../../../program/file.js';
import type { CallOperation, Graph, Node, Operation } from '../../../program/graph.js';
import type { Entry } from '../../../program/ledger.js';
import type { Program } from '../../../program/program.js';
import {
  endingName,
  freeingCalls,
  freshName,
  type Listing,
  linking,
  listings,
  mappingCall,
  memberPut,
  memoryCall,
  preparing,
  preparingName,
  puttingCall,
  puttingName,
  type ReleaseCall,
  type Removal,
  releases,
  removals,
  requestSetters,
  sendingCall,
} from '../../../protocol/index.js';
import { excludes } from '../../../syntax/assumptions.js';
import { conditionText } from '../memory/condition-text.js';
import type { TrailStep } from '../memory/trail.js';
import { failing } from './failing.js';
import { alwaysFails } from './fails.js';
import { keepsPointers } from './keepers.js';
import { makes } from './makers.js';
import { isToldByName, numbered } from './named.js';
import { bodyOf, membersCalled, namesCalled } from './text.js';

/** What a call is, by its name: by the tables, and by what the tree has of that name. */
export interface Callee {
  /** The name, if it is a call of the tables; else null. */
  api: string | null;
  /** The table's entry for it as a release. */
  release: ReleaseCall | undefined;
  /** True if, by the tables, it returns memory that it allocates. */
  allocates: boolean;
  /** True if it is a function of the file, or one near by named for that, that returns memory which it allocates. */
  makes: boolean;
  /** True if the file has a function or macro of the name. */
  isOwn: boolean;
  /** True if no reference passes through it. */
  isNeutral: boolean;
  /** True if it puts an object on a list, schedules it or the like. */
  isLinking: boolean;
  /** The table's entry for it as a call that may fail to put an object where others find it. */
  listing: Listing | undefined;
  /** The table's entry for it as a call that takes an object from where others find it. */
  removal: Removal | undefined;
  /** True if it sends what it is given to somebody else, by its name. */
  isSending: boolean;
  /** True if it maps pages for a device or the like, by its name. */
  isMapping: boolean;
  /** Whether it is passed a function of the file by name; `acting` if one of those may drop, keep or end what it is called with. */
  callback: 'none' | 'passive' | 'acting';
}

/** What is known of the nodes of one graph, each looked up when it is first asked for. */
export interface Nodes {
  /** The node's operation, with named constants of zero or below replaced by their numbers. */
  said(n: Node): Operation | null;
  /** The step that tells a condition; `null` if it has no words. */
  step(n: Node): TrailStep | null;
  /** What is known of the call at a node. */
  callee(n: Node, o: CallOperation): Callee;
  /** The functions that a call may be: those that may drop, if there are any of these, else all; `null` if none is known. */
  targets(n: Node, o: CallOperation): readonly FunctionReference[] | null;
  /** True if a call may end an object of which it is given only a member: a function that it is passed gets from there to the whole. */
  mayEnd(n: Node, o: CallOperation): boolean;
  /** True if the called function of the file always fails. */
  isFailing(n: Node, o: CallOperation): boolean;
  /** The signs of a call's result that say that it has failed. */
  failing(n: Node, o: CallOperation): number;
  /** True if the result is compared with a name of unknown value: which edge is the failure is not known. */
  isToldByName(n: Node, o: CallOperation): boolean;
}

/** What this module asks of the program around a graph. */
interface Around {
  program: Program;
  mayDrop(name: string, file: string): boolean;
  mayKeep(name: string, file: string): boolean;
}

/** The nodes of a function's graph. */
export function nodesOf(around: Around, graph: Graph, reference: FunctionReference): Nodes {
  const { program } = around;
  const { file } = reference;
  const assumed = [...graph.assumptions, ...reference.item.conditions];
  const naming = { program, graph, file };

  /** Remembers an answer for each node, with what of the tree it was worked out from. */
  function each<Of, V>(work: (n: Node, o: Of) => V): (n: Node, o: Of) => V {
    let known: ({ value: V; entry: Entry } | undefined)[] | undefined;
    return (n, o) => {
      known ??= new Array(graph.nodes.length);
      let found = known[n.id];
      if (!found) {
        found = program.ledger.entry(() => work(n, o));
        known[n.id] = found;
      }
      program.ledger.use(found.entry);
      return found.value;
    };
  }

  function calleeOf(_: Node, o: CallOperation): Callee {
    const name = o.name ?? '';
    // A driver's own function for kernels without the call does the same as the call.
    const isTabled = o.name !== null && program.meaning(name, file).tabled.some((when) => !excludes(assumed, when));
    const own = o.name === null ? undefined : program.shell(file)?.byName.get(name);
    const isOwn = own !== undefined;
    return {
      api: isTabled ? name : null,
      release: isTabled ? releases.get(name) : undefined,
      allocates: isTabled && memoryCall.test(name),
      makes: isMaker(isOwn || !freshName.test(name) ? own : program.resolveNear(name, file)),
      isOwn,
      isNeutral: o.name !== null && (program.isNeutral(name, file) || (!isOwn && requestSetters.test(name))),
      isLinking: linking.test(name) && !preparing.test(name),
      listing: isTabled ? listings.get(name) : undefined,
      removal: isTabled ? removals.get(name) : undefined,
      isSending: !isOwn && sendingCall.test(name),
      isMapping: !isOwn && mappingCall.test(name),
      callback: callbackOf(callbacksIn(o)),
    };
  }

  function isMaker(definitions: readonly FunctionReference[] = []): boolean {
    return definitions.length > 0 && definitions.every((r) => !r.macro && makes(program)(r));
  }

  /** Names of the file's functions among a call's arguments. */
  function callbacksIn({ args }: CallOperation): string[] {
    const own = program.shell(file)?.byName;
    return args.flatMap(({ path }) => (path !== null && !graph.types.has(path) && own?.has(path) ? [path] : []));
  }

  /** What the functions of these names may do as callbacks. */
  function callbackOf(names: readonly string[]): Callee['callback'] {
    const own = (name: string): readonly FunctionReference[] => program.shell(file)?.byName.get(name) ?? [];
    const isEnd = (called: string): boolean =>
      freeingCalls.has(called) ||
      endingName.test(called) ||
      puttingName.test(called) ||
      (own(called).length > 0 && around.mayKeep(called, file));
    const acts = (r: FunctionReference): boolean =>
      membersCalled(program, r).length > 0 || namesCalled(program, r).some(isEnd) || keepsPointers(program, r);
    return names.length === 0 ? 'none' : names.some((name) => around.mayDrop(name, file) || own(name).some(acts)) ? 'acting' : 'passive';
  }

  function targetsOf(_: Node, o: CallOperation): readonly FunctionReference[] | null {
    const through = o.among ? null : o.through;
    const definitions = o.name !== null ? program.resolve(o.name, file) : through === null ? [] : program.pointed(reference, through);
    if (definitions.length === 0) return null;
    const possible = definitions.filter((callee) => !excludes(assumed, callee.item.conditions));
    const dropping = possible.filter((callee) => around.mayDrop(callee.name, callee.file) && /\w\s*\(/.test(bodyOf(program, callee)));
    return dropping.length > 0 ? dropping : possible;
  }

  function mayEnd(_: Node, o: CallOperation): boolean {
    if (o.name === null || preparingName.test(o.name)) return false;
    const own = callbacksIn(o);
    // The function that ends the object may be in another file.
    if (own.length === 0 && puttingCall.test(o.name)) return true;
    return memberPut.test(o.name) || own.some((name) => around.mayDrop(name, file) || around.mayKeep(name, file));
  }

  function isFailing(_: Node, { name }: CallOperation): boolean {
    const definitions = (name !== null && program.shell(file)?.byName.get(name)) || [];
    return definitions.length > 0 && definitions.every((callee) => !callee.macro && alwaysFails(program)(callee));
  }

  return {
    said: each<void, Operation | null>((n) => numbered(naming, n.operation)),
    step: each<void, TrailStep | null>((n) => {
      const text = conditionText(n);
      return text === null ? null : { file, function: reference.name, pos: n.pos, text, event: { kind: 'tested' } };
    }),
    callee: each(calleeOf),
    targets: each(targetsOf),
    mayEnd: each(mayEnd),
    isFailing: each(isFailing),
    failing: each((_, o: CallOperation) => failing(naming, o.result)),
    isToldByName: each((_, o: CallOperation) => isToldByName(naming, o.result)),
  };
}
