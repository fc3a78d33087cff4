/**
 * What is known of a call, and of the names in an operation, on whatever path it is come to: a walk comes to most of them many
 * times, so it is looked up once.
 */
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

/** What a call is, by its name and by what the tables and the tree know under it. */
export interface Callee {
  /** The name, where it is a call of the tables. */
  api: string | null;
  /** What the tables know of it as a drop. */
  release: ReleaseCall | undefined;
  /** It gives memory of its own, as a call of the tables does, or a function of the file. */
  allocates: boolean;
  makes: boolean;
  /** The file has a function or a macro of the name. */
  isOwn: boolean;
  /** No reference passes through it. */
  isNeutral: boolean;
  isLinking: boolean;
  /** What the tables know of it as a call that may fail to put an object where others find it. */
  listing: Listing | undefined;
  /** What they know of it as a call that takes an object from where others find it. */
  removal: Removal | undefined;
  isSending: boolean;
  isMapping: boolean;
  /** It is given a function of the file by its name; `acting` if one of them may drop, keep or end what it is called with. */
  callback: 'none' | 'passive' | 'acting';
}

/** The nodes of one graph, each looked up when it is first asked for. */
export interface Nodes {
  /** A node's operation, with names for numbers as those numbers. */
  said(n: Node): Operation | null;
  /** How a condition is told, `null` for one that has no words. */
  step(n: Node): TrailStep | null;
  /** Of the call at a node, as are those that follow. */
  callee(n: Node, o: CallOperation): Callee;
  /** The functions that it may be; of those, the ones that may drop, where there are some. `null` where none is known. */
  targets(n: Node, o: CallOperation): readonly FunctionReference[] | null;
  /** True if it may end an object of which it is given but a member: the function that it is given gets from there to the whole. */
  mayEnd(n: Node, o: CallOperation): boolean;
  /** True if the function only fails. */
  isFailing(n: Node, o: CallOperation): boolean;
  /** Signs of its result that say that it has failed. */
  failing(n: Node, o: CallOperation): number;
  /** True if its result is tested against a name of which nobody knows whether it says that it failed. */
  isToldByName(n: Node, o: CallOperation): boolean;
}

/** What a walk asks for of the world around a graph. */
interface Around {
  program: Program;
  mayDrop(name: string, file: string): boolean;
  mayKeep(name: string, file: string): boolean;
}

export function nodesOf(around: Around, graph: Graph, reference: FunctionReference): Nodes {
  const { program } = around;
  const { file } = reference;
  const assumed = [...graph.assumptions, ...reference.item.conditions];
  const naming = { program, graph, file };

  /** An answer for each node, worked out once, with what it was worked out from. */
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
    // What a driver has instead of a call, on kernels without it, does the same.
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

  /** The functions of the file that a call is given by their names. */
  function callbacksIn({ args }: CallOperation): string[] {
    const own = program.shell(file)?.byName;
    return args.flatMap(({ path }) => (path !== null && !graph.types.has(path) && own?.has(path) ? [path] : []));
  }

  /** What the functions may do that a call is given by these names. */
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
    // What ends it may stand in another file.
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
