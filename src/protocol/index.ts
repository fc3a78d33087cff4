/** What the kernel's calls do to page references: the tables of all families, looked up by name. */
import { blockEnds, blockIterators, blockReleases, blockStructs, blockTransfers } from './block.js';
import { type DeviceCall, deviceCallList } from './device.js';
import { gupAcquires, gupReleases } from './gup.js';
import { iteratorAcquires } from './iterator.js';
import { type Listing, listings as listingCalls, type Removal, removals as removalCalls } from './listing.js';
import { memfdAcquires, memfdReleases } from './memfd.js';
import { allocatingCalls, castCalls, endEntries, firstFrame, frameOrigins, memoryIterators, memoryTransfers, origins } from './memory.js';
import { networkReleases, networkStructs, networkTransfers } from './network.js';
import { mappingLookups, pageHandles, pageLookups, pageMembers, pageTransfers, takingCalls, transparentCalls } from './page.js';
import { pinAcquires, pinReleases } from './pin.js';
import { pipeConsumed, pipeOperations, pipeReleases, pipeStructs, pipeTransfers } from './pipe.js';
import { scatterlistIterators, scatterlistStructs, scatterlistTransfers } from './scatterlist.js';
import type { Acquire, ContainerStruct, Iterator, OriginCall, ReleaseCall, Transfer } from './types.js';

export * from './allocation.js';
export { bioFlagSetter, saysNoReferences } from './block.js';
export {
  type CachedUnmapping,
  cachedUnmappings,
  callbackSetters,
  copyingName,
  type DeviceCall,
  fillingCalls,
  fromDevice,
  fromUserName,
  iommuMapping,
  isSilentToDevices,
  listMappings,
  mappingCall,
  type PageFilling,
  pageFillingCalls,
  pageReadingCalls,
  reachingCall,
  requestSetters,
  type Starting,
  sendingCall,
  singleMapping,
  sleepingName,
  sleepingText,
  startingCalls,
  tableMappings,
  toDevice,
  unmappingDeviceCalls,
  unmappingPageCalls,
  unmappingRangeCalls,
  type WaitEnd,
  waitEndsOf,
  waitFor,
} from './device.js';
export * from './direction.js';
export * from './effects.js';
export * from './errors.js';
export * from './integers.js';
export { backingName, bufferAcquires, bufferTests, kernelBackedTest, pageBoundCall, userTests, vectorTest } from './iterator.js';
export {
  addText,
  emptyingText,
  findingCall,
  headedListing,
  headedPutting,
  type Listing,
  linking,
  linkingText,
  linkTypes,
  preparing,
  type Removal,
  splicing,
} from './listing.js';
export * from './naming.js';
export {
  frameHandedOn,
  frameTest,
  frameTestName,
  mappingName,
  noFrameName,
  notifierOperations,
  notifierQuestion,
  type PageNumber,
  pageNumbers,
  pageStateTest,
  pageUse,
  reservedExceptions,
  reservedTests,
  returningCall,
  storingCalls,
  tryingText,
} from './page.js';
export { countedIterators, deviceEntries, mappedIterators } from './scatterlist.js';
export * from './systems.js';
export type * from './types.js';
export { takenBackBy, toldBefore, undoneBy } from './undoing.js';
export * from './users.js';
export { allocatingCalls, castCalls, endEntries, firstFrame, mappingLookups, pageHandles, pageLookups, pageMembers };

function byName<T extends { name: string }>(...families: readonly (readonly T[])[]): ReadonlyMap<string, T> {
  return new Map(families.flat().map((entry) => [entry.name, entry]));
}

/** Calls that take references on user pages. */
export const acquires: ReadonlyMap<string, Acquire> = byName(gupAcquires, pinAcquires, iteratorAcquires, memfdAcquires);
/** Calls that drop references. */
export const releases: ReadonlyMap<string, ReleaseCall> = byName(
  gupReleases,
  pinReleases,
  memfdReleases,
  blockReleases,
  networkReleases,
  pipeReleases,
);
/** Calls that move pages from one place to another. */
export const transfers: ReadonlyMap<string, Transfer> = byName(
  scatterlistTransfers,
  blockTransfers,
  networkTransfers,
  pipeTransfers,
  pageTransfers,
  memoryTransfers,
);
/** Calls that put an object where others find it. */
export const listings: ReadonlyMap<string, Listing> = byName(listingCalls);
/** Calls that remove an object from where others find it. */
export const removals: ReadonlyMap<string, Removal> = byName(removalCalls);
/** Macros that iterate over pages or values, and are followed by a statement. */
export const iterators: ReadonlyMap<string, Iterator> = byName(scatterlistIterators, blockIterators, memoryIterators);
/** Calls after which a device can access memory. */
export const deviceCalls: ReadonlyMap<string, DeviceCall> = byName(deviceCallList);
/** Calls whose result is a page of another origin. */
export const originCalls: ReadonlyMap<string, OriginCall> = byName(origins);
/** Calls that give a frame number of another origin, by name: the origin, and where the number is. */
export const frameOriginCalls: ReadonlyMap<string, (typeof frameOrigins)[number]> = new Map(frameOrigins.map((f) => [f.origin.name, f]));
/** Structs that are part of a generic container, by tag. */
export const containerStructs: ReadonlyMap<string, ContainerStruct> = new Map(
  [...scatterlistStructs, ...blockStructs, ...networkStructs, ...pipeStructs].map((entry) => [entry.tag, entry]),
);
/** Structs that are handed to the kernel as a whole and come back in another function, by tag: what they hold. */
export const handedContainers: ReadonlyMap<string, string> = new Map([
  ['bio', '@bvec'],
  ['sk_buff', '@skb'],
  ['pipe_inode_info', '@pipe'],
  ['pipe_buffer', '@pipe'],
]);
/** Calls that drop a reference on such a struct, their first argument, whatever it still holds. */
export const handedEnds: ReadonlySet<string> = new Set(blockEnds);
/**
 * Operations by which a library drops what it was handed in such a struct: tag of the operations' struct, member, and tag of the argument.
 */
export const endingOperations = pipeOperations;
/** Operations that end an object and whose result nobody looks at: tag of the operations' struct, and member. */
export const unseenOperations: readonly (readonly [struct: string, member: string])[] = [['file_operations', 'release']];
/** Fields with the position of the first element of a queue, `tag.field`, and what the elements hold. */
export const consumed: ReadonlyMap<string, string> = new Map(pipeConsumed);
const contents: ReadonlySet<string> = new Set([...[...containerStructs.values()].map((c) => c.content), ...handedContainers.values()]);
/** True if a struct cannot hold this content itself, because it is not a generic container for it. No struct is a frame number. */
export function isForeign(tag: string, content: string): boolean {
  if (content === '@pfn') return true;
  return contents.has(content) && containerStructs.get(tag)?.content !== content && handedContainers.get(tag) !== content;
}
/** Returns the position of the argument in which a release finds the pages, or what leads to them. */
export function pagesArgument({ pages }: Pick<ReleaseCall, 'pages'>): number {
  return Number(/^\d+/.exec(pages)?.[0] ?? 0);
}
/** Returns the calls that reach a field without naming it: `sk_msg_elem(msg, i)` is an element of `msg->sg.data`. */
export function accessorsOf(field: string): readonly string[] {
  return accessors.get(field) ?? [];
}

/**
 * Returns what takes pages out of a content: calls, including those that drop or dirty them; and fields of its structs that hold the page
 * pointer, or the function that takes them out later.
 */
export function waysOut(content: string): { calls: readonly string[]; fields: readonly string[] } {
  if (content === '@pfn' || content === '@address') return { calls: pageLookups, fields: [] };
  const tables = [...transfers.values(), ...iterators.values()];
  const takes = (t: Transfer | Iterator): boolean => t.moves.some(([from, to]) => from.endsWith(content) && !to.endsWith(content));
  return {
    calls: [
      ...new Set([...tables.filter(takes), ...[...releases.values()].filter((r) => r.pages.endsWith(content))].map((entry) => entry.name)),
    ],
    fields: [...containerStructs.values()].filter((c) => c.content === content).flatMap((c) => [...c.pageFields, ...(c.completes ?? [])]),
  };
}

/** For each field that a table names in a place of a call, the calls. */
const accessors = new Map<string, string[]>();
for (const { name, places } of [
  ...[...transfers.values()].map((t) => ({ name: t.name, places: t.moves.flat() })),
  ...[...releases.values()].map((r) => ({ name: r.name, places: [r.pages] })),
]) {
  for (const [, field] of places.join(' ').matchAll(/\.(\w+)/g))
    accessors.set(field as string, [...(accessors.get(field as string) ?? []), name]);
}

/** Calls whose value is their first argument. */
export const transparent: ReadonlySet<string> = new Set(transparentCalls);
/** Calls that take a variable's value out of it, and leave NULL. */
export const taking: ReadonlySet<string> = new Set(takingCalls);
