/** Lists on which objects are put only once their pages were dropped: an object that is found there has none. */
import type { FunctionReference } from '../../../program/file.js';
import type { Graph } from '../../../program/graph.js';
import { type Member, memberAt } from '../../../program/members.js';
import { rootOf, type Value } from '../../../program/path.js';
import type { Program } from '../../../program/program.js';
import { remembered } from '../../../program/remembered.js';
import { castCalls, endEntries, headedPutting, splicing } from '../../../protocol/index.js';
import type { Entry } from '../entry.js';
import { pointedTag } from '../function/freed.js';
import { parameterOf } from '../function/parameter.js';
import type { Walked } from '../walk/walk.js';
import type { Carrier } from './carrier.js';

/** Walks a function. */
type Walks = (reference: FunctionReference, entry: Entry) => Walked;

/** A member whose name more files than this access is not looked at. */
const mostFiles = 20;
/** How many callers up an object's pages may be dropped before it is put on a list. */
const maxLevels = 2;

/** The heads of such lists, by their paths, from which a function takes objects or over which it iterates. */
export function bareHeads(program: Program, reference: FunctionReference, carrier: Carrier, walked: Walks): ReadonlySet<string> {
  const found = new Set<string>();
  for (const graph of program.graphs(reference)) {
    const isOne = (path: string): boolean => {
      const head = memberAt(program, reference, graph, path);
      return head !== null && isBare(program, head, carrier, walked);
    };
    for (const path of headsIn(graph)) {
      const sources = rootOf(path) === path ? splicedTo(graph, path) : [path];
      if (!found.has(path) && sources.length > 0 && sources.every(isOne)) found.add(path);
    }
  }
  return found;
}

/** The heads of the lists that give a function objects, by their paths. */
function headsIn({ nodes }: Graph): string[] {
  return nodes.flatMap(({ operation: o }) => {
    if (o?.kind !== 'call' || !(o.iterates || endEntries.test(o.name ?? ''))) return [];
    return o.args.flatMap(({ address, path }) => (address && path !== null ? path : []));
  });
}

/** The heads of the lists whose objects a function moves to a list of its own; empty if it also puts single objects there. */
function splicedTo({ nodes }: Graph, own: string): string[] {
  const calls = nodes.flatMap(({ operation: o }) => (o?.kind === 'call' && o.args[1]?.address && o.args[1].path === own ? [o] : []));
  if (!calls.every((o) => splicing.test(o.name ?? ''))) return [];
  return calls.flatMap(({ args: [from] }) => (from?.address && from.path !== null ? from.path : ''));
}

const bare = remembered((program: Program) => program.ledger.memo<boolean>());

function isBare(program: Program, head: Member, carrier: Carrier, walked: Walks): boolean {
  const key = [head.tag, head.field, carrier.tag, carrier.suffix].join('\0');
  return bare(program).get(key) ?? bare(program).work(key, () => isFilledBare(program, head, carrier, walked));
}

/** True if objects are put on a list, and none of them with its pages. */
function isFilledBare(program: Program, head: Member, carrier: Carrier, walked: Walks): boolean {
  const files = program.tree.filesAccessing(head.field);
  if (files.length > mostFiles) return false;
  const uses = files.flatMap((file) => program.touching(file, [head.field], head.tag).flatMap((by) => usesIn(program, by, head)));
  const puts = uses.flatMap((use) => (use.kind === 'put' ? [use] : []));
  return (
    puts.length > 0 &&
    uses.every(({ kind }) => kind !== 'unknown') &&
    puts.every(
      ({ reference, graph, variable }) =>
        variable !== null &&
        pointedTag(program, reference.file, graph, variable) === carrier.tag &&
        isDroppedIn(program, reference, variable, carrier.suffix, walked, 0),
    )
  );
}

/** What a function does with the head of a list: nothing that matters, or put an object there, or what is not known. */
type Use = { kind: 'plain' | 'unknown' } | { kind: 'put'; reference: FunctionReference; graph: Graph; variable: string | null };

function usesIn(program: Program, reference: FunctionReference, head: Member): Use[] {
  if (reference.macro) return [{ kind: 'unknown' }];
  return program.graphs(reference).flatMap((graph) => {
    const isHead = ({ address, path }: Value): boolean => {
      const member = address ? memberAt(program, reference, graph, path) : null;
      return member?.tag === head.tag && member.field === head.field;
    };
    return graph.nodes.flatMap(({ operation: o }): Use[] => {
      if (o?.kind === 'copy') return isHead(o.source) ? [{ kind: 'unknown' }] : [];
      const at = o?.kind === 'call' ? o.args.findIndex(isHead) : -1;
      if (o?.kind !== 'call' || at < 0) return [];
      const name = o.name ?? '';
      const object = o.args[0];
      if (headedPutting.test(name) && at === 1)
        return [{ kind: 'put', reference, graph, variable: object?.address && object.path !== null ? rootOf(object.path) : null }];
      const isPlain = o.iterates || castCalls.test(name) || (splicing.test(name) ? at === 0 : program.isNeutral(name, reference.file));
      return [{ kind: isPlain ? 'plain' : 'unknown' }];
    });
  });
}

/** True if a function, or each of its callers, has dropped an object's pages wherever it leaves the object where others find it. */
function isDroppedIn(
  program: Program,
  reference: FunctionReference,
  variable: string,
  suffix: string,
  walked: Walks,
  level: number,
): boolean {
  const index = Math.max(-1, ...program.graphs(reference).map((graph) => parameterOf(graph, variable)));
  const param = program.variants(reference)[0]?.params[index]?.name;
  const entry: Entry = param === undefined ? { kind: 'object', variable, suffixes: [suffix] } : { kind: 'given', facts: [param + suffix] };
  const { exits, cut } = walked(reference, entry);
  const isDrop = exits.some((e) => e.kind === 'dropped');
  if (!cut && isDrop && exits.every((e) => !e.unsure && (e.kind === 'dropped' || (e.kind === 'held' && !e.linked)))) return true;
  const sites = index < 0 || level >= maxLevels ? [] : program.callSites(reference);
  return (
    sites.length > 0 &&
    sites.every(({ caller, call }) => {
      const path = call.args[index]?.path ?? null;
      return path !== null && rootOf(path) === path && isDroppedIn(program, caller, path, suffix, walked, level + 1);
    })
  );
}
