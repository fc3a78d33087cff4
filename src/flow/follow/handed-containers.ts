/**
 * A bio, skb or pipe that was filled goes to the kernel and comes back to another function of the file, without any call that shows
 * it. The functions that drop what such a parameter holds are taken for its end.
 */
import type { FunctionReference } from '../../program/file.js';
import { join } from '../../program/path.js';
import { handedContainers } from '../../protocol/index.js';
import type { FunctionVariant } from '../../syntax/ast.js';
import { isHandedOut, mentionsReleases } from '../mentions.js';
import type { Start, Visit } from '../visit.js';
import type { Lead } from './journey.js';
import type { Memory } from './memory.js';

/**
 * The functions of the site's file that drop what a container parameter holds, for the kinds of container that were filled in that file.
 */
export function toHandedContainers(memory: Memory, start: Start, visits: readonly Visit[]): Lead[] {
  const { program } = memory;
  const [from] = visits;
  if (!from) return [];
  const { file } = start.reference;
  const held = contentsIn(visits.filter((v) => v.flow.reference.file === file));
  return (program.shell(file)?.functions ?? [])
    .filter((callee) => !callee.macro && mentionsReleases(program, callee))
    .flatMap((callee) => endsIn(memory, callee, held).map((end) => intoEnd(memory, start, from, end)));
}

/** The contents, such as `@skb`, in which facts of some visits end. */
function contentsIn(visits: readonly Visit[]): Set<string> {
  return new Set(visits.flatMap((v) => [...v.flow.origins.keys()].map((fact) => /@\w+$/.exec(fact)?.[0] ?? '')));
}

/** A function that drops what it is given in a container. */
interface End {
  /** The function. */
  callee: FunctionReference;
  /** The container's step, such as `@bvec`. */
  content: string;
  /** The fact at its entry. */
  entry: string;
}

/**
 * The container parameters of which a function drops what they hold. For an skb only if the function's name is handed out, as a
 * callback: functions that free any skb are called by its owner, and are no more the end of this one than the network core's are.
 */
function endsIn({ program, analysis }: Memory, callee: FunctionReference, held: ReadonlySet<string>): End[] {
  return (program.variants(callee)[0]?.params ?? []).flatMap((param) => {
    const content = contentOf(param);
    if (content === null || !held.has(content)) return [];
    const entry = join(param.name, content);
    if (entry === null || analysis.summary(callee, entry).releases.length === 0) return [];
    return content === '@skb' && !isHandedOut(program, callee) ? [] : [{ callee, content, entry }];
  });
}

/** The content step for a parameter that points at a container; `null` for any other. */
function contentOf({ type }: FunctionVariant['params'][number]): string | null {
  return type.pointers === 1 ? (handedContainers.get(type.tag ?? '') ?? null) : null;
}

/** A lead into a function where a container ends. */
function intoEnd({ analysis }: Memory, start: Start, from: Visit, { callee, content, entry }: End): Lead {
  const fact = [...from.flow.origins.keys()].find((f) => f.endsWith(content)) ?? entry;
  return {
    key: `${callee.key}|${entry}`,
    way: 'callback',
    flow: () => analysis.summary(callee, entry),
    parent: { visit: from, pos: start.pos, fact },
    heap: null,
  };
}
