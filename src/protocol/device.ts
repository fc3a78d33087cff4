import type { Place } from './types.js';

/** A call after which a device can access the memory that an argument leads to. */
export interface DeviceCall {
  name: string;
  /** The argument: a page, an address in it, or a container of pages. */
  memory: Place;
  /** Position of the `enum dma_data_direction`; `null` if there is none. */
  direction: number | null;
}

/**
 * Calls that map a scatterlist and return the number of entries for the device. That may be smaller than the number of entries with pages,
 * as an IOMMU puts together what it can: Documentation/core-api/dma-api.rst
 */
const listMappingNames = ['dma_map_sg', 'dma_map_sg_attrs', 'ib_dma_map_sg', 'ib_dma_map_sg_attrs', 'pci_map_sg'];
export const listMappings: ReadonlySet<string> = new Set(listMappingNames);

const tableMappingNames = ['dma_map_sgtable', 'ib_dma_map_sgtable_attrs'];
/** Calls that store that number in the table which they are given. */
export const tableMappings: ReadonlySet<string> = new Set(tableMappingNames);

const call = (name: string, memory: number, direction: number | null): DeviceCall => ({ name, memory: String(memory), direction });

/**
 * The calls that let a device access memory: include/linux/dma-mapping.h, include/rdma/ib_verbs.h, include/linux/iommu.h,
 * include/linux/virtio.h.
 */
export const deviceCallList: readonly DeviceCall[] = [
  ...['dma_map_page', 'dma_map_page_attrs', 'ib_dma_map_page', 'pci_map_page'].map((name) => call(name, 1, 4)),
  ...['dma_map_single', 'dma_map_single_attrs', 'ib_dma_map_single', 'pci_map_single'].map((name) => call(name, 1, 3)),
  ...listMappingNames.map((name) => call(name, 1, 3)),
  ...tableMappingNames.map((name) => call(name, 1, 2)),
  ...['iommu_map', 'iommu_map_sg', 'iommu_map_sgtable', 'iommu_map_atomic'].map((name) => call(name, 2, null)),
  ...['virtqueue_add_sgs', 'virtqueue_add_outbuf', 'virtqueue_add_inbuf'].map((name) => call(name, 1, null)),
];

/** Calls that undo `dma_map_sg()` and its kin, and may copy what the device wrote: include/linux/dma-mapping.h, include/rdma/ib_verbs.h. */
export const unmappingDeviceCalls: ReadonlySet<string> = new Set([
  'dma_unmap_sg',
  'dma_unmap_sg_attrs',
  'dma_unmap_sgtable',
  'ib_dma_unmap_sg',
  'ib_dma_unmap_sg_attrs',
  'ib_dma_unmap_sgtable_attrs',
  'pci_unmap_sg',
]);

/**
 * Calls that undo the mapping of one page, given the address that `dma_map_page()` or its kin returned: include/linux/dma-mapping.h,
 * include/rdma/ib_verbs.h.
 */
export const unmappingPageCalls: ReadonlySet<string> = new Set(
  ['dma_unmap_page', 'dma_unmap_page_attrs', 'dma_unmap_single', 'dma_unmap_single_attrs'].concat(
    ['ib_dma_unmap_page', 'ib_dma_unmap_single'],
    ['pci_unmap_page', 'pci_unmap_single'],
  ),
);

/** Calls that remove a range of addresses which `iommu_map()` put into an IOMMU's page table: include/linux/iommu.h. */
export const unmappingRangeCalls: ReadonlySet<string> = new Set(['iommu_unmap', 'iommu_unmap_fast']);

/**
 * A call that removes addresses from an IOMMU's table and may leave them in its caches: the result that says it removed nothing, and the
 * calls that flush the caches.
 */
export interface CachedUnmapping {
  /** The result that says that nothing was removed. */
  fails: 'zero' | 'nonzero';
  /** The calls that remove the addresses from the caches. */
  flushes: ReadonlySet<string>;
}

/** include/linux/iommu.h (`iommu_tlb_sync()` and `iommu_flush_tlb_all()` to 5.3); arch/powerpc/include/asm/iommu.h. */
export const cachedUnmappings: ReadonlyMap<string, CachedUnmapping> = new Map<string, CachedUnmapping>([
  [
    'iommu_unmap_fast',
    { fails: 'zero', flushes: new Set(['iommu_iotlb_sync', 'iommu_flush_iotlb_all', 'iommu_tlb_sync', 'iommu_flush_tlb_all']) },
  ],
  ['iommu_tce_xchg_no_kill', { fails: 'nonzero', flushes: new Set(['iommu_tce_kill']) }],
]);

/**
 * What a call that starts a device makes it work with: the memory that the call itself is given; memory that was mapped for the device
 * before; or, told by a message in that argument, memory that was mapped before.
 */
export type Starting = 'its own' | 'mapped before' | { message: number };

/** The message is the buffer that is queued, unless it is queued for the device's answer. */
const message: Starting = { message: 2 };

/**
 * Calls that make a device work with memory it can access. include/linux/virtio.h, drivers/virtio/virtio_ring.c; include/linux/dmaengine.h
 * ("flush pending transactions to HW"); include/linux/mhi.h ("Send or receive raw buffers from client device over MHI channel").
 */
export const startingCalls: ReadonlyMap<string, Starting> = new Map<string, Starting>([
  ['virtqueue_add_sgs', 'its own'],
  ['virtqueue_add_outbuf', 'its own'],
  ['virtqueue_add_inbuf', 'its own'],
  ['dma_async_issue_pending', 'mapped before'],
  ['mhi_queue_buf', message],
  ['mhi_queue_dma', message],
  ['mhi_queue_skb', message],
]);

/** A way in which a wait ends without its condition: why, and what it returns then. */
export interface WaitEnd {
  how: 'was interrupted' | 'timed out';
  /** What it returns: `0`, `-ERESTARTSYS`. */
  result: string;
}

/**
 * Matches the name of a call that sleeps until others are done. The `io_` forms, whose time counts as waiting for a device as in
 * io_schedule(), exist from 7.3 on.
 */
export const sleepingName = /^(?:s|io_)?wait_/;

/** Matches such a call in a text. */
export const sleepingText = /\b(?:s|io_)?wait_(?:event|for_completion)\w*\s*\(/;

/** Waits that may end without their condition, by name: include/linux/wait.h, swait.h, completion.h. */
const waitEnds: readonly (WaitEnd & { name: RegExp })[] = [
  {
    how: 'was interrupted',
    result: '-ERESTARTSYS',
    name: /^(?:s|io_)?wait_(event|for_completion)_(\w+_)?(interruptible|killable|freezable)(_\w+)?$/,
  },
  { how: 'timed out', result: '0', name: /^(?:s|io_)?wait_(event|for_completion)_(\w+_)?timeout(_\w+)?$/ },
];

/** Returns every way in which a wait of this name ends without its condition. */
export function waitEndsOf(name: string): readonly WaitEnd[] {
  return waitEnds.filter((end) => end.name.test(name));
}

/** A macro that waits for a condition. */
export interface Wait {
  /** Position of the condition, which is evaluated until it holds. */
  condition: number;
  /** How the result compares with zero if it held in the end; `null` if there is no result, as it always did. */
  met: '==' | '>' | null;
}

/** How such macros end, by name; the first that matches: include/linux/wait.h, swait.h. */
const waits: readonly (readonly [name: RegExp, Wait['met']])[] = [
  [/^(?:s|io_)?wait_event_(?:\w+_)?hrtimeout/, '=='],
  [/^(?:s|io_)?wait_event_(?:\w+_)?timeout/, '>'],
  [/^(?:s|io_)?wait_event_(?:\w+_)?(?:interruptible|killable|freezable|state)/, '=='],
  [/^(?:s|io_)?wait_event(?:_idle)?(?:_exclusive)?(?:_lock_irq)?(?:_cmd)?$/, null],
];

/** Returns what a macro of this name waits for; `null` for any other name. */
export function waitFor(name: string): Wait | null {
  const found = waits.find(([names]) => names.test(name));
  return found === undefined ? null : { condition: 1, met: found[1] };
}

/**
 * True for a call that neither starts a device nor waits for one: it prints, reads, orders memory accesses, locks, removes from a list, or
 * ends a mapping.
 */
export function isSilentToDevices(name: string): boolean {
  return unmappingDeviceCalls.has(name) || unmappingPageCalls.has(name) || silentCall.test(name);
}

const silentCall =
  /^(printk|(pr|dev|netdev)_(emerg|alert|crit|err|warn|warning|notice|info|debug|dbg)\w*|(READ|WRITE)_ONCE|barrier|(smp_|dma_|virt_)?[rw]?mb|(raw_)?spin_(un)?lock\w*|mutex_(un)?lock|list_(empty|del|del_init)|kunmap\w*)$/;

/**
 * Calls that write to the memory that an argument points at, or to its tags, and the position of that argument: lib/string.c,
 * include/linux/uaccess.h, bitops.h, unaligned.h, atomic/atomic-instrumented.h, lib/iov_iter.c, arch/arm64/include/asm/mte.h,
 * Documentation/atomic_bitops.txt.
 */
export const fillingCalls: ReadonlyMap<string, Place> = new Map<string, Place>(
  Object.entries({
    '0': [
      'memcpy',
      'memmove',
      'memset',
      ...['memset16', 'memset32', 'memset64', 'memset_l', 'memset_p'],
      'memcpy_fromio',
      'copy_from_user',
      '__copy_from_user',
      'copy_from_user_nofault',
      'copy_from_iter',
      'clear_page',
      'memzero_explicit',
      'mte_copy_tags_from_user',
      'mte_clear_page_tags',
      ...['xchg', 'cmpxchg', 'cmpxchg64', 'try_cmpxchg', 'try_cmpxchg64'],
      ...atomics(['set', 'inc', 'dec', 'xchg', 'cmpxchg']),
    ],
    '1': [
      ...bits(['set', 'clear', 'change']),
      ...['put_unaligned', ...['16', '32', '64'].flatMap((size) => [`put_unaligned_le${size}`, `put_unaligned_be${size}`])],
      ...atomics(['add', 'sub', 'and', 'or', 'xor']),
    ],
  }).flatMap(([place, names]) => names.map((name): [string, Place] => [name, place])),
);

/** The names of bit operations: atomic or not, with or without the old value as result, and on a little-endian word. */
function bits(actions: readonly string[]): string[] {
  return actions.flatMap((action) => {
    const names = [`${action}_bit`, `test_and_${action}_bit`];
    return [...names, ...names.map((name) => `__${name}`)].flatMap((name) => [name, `${name}_le`]);
  });
}

function atomics(actions: readonly string[]): string[] {
  return actions.flatMap((action) => [`atomic_${action}`, `atomic64_${action}`, `atomic_long_${action}`]);
}

/** A call that writes to the data of pages that it is given, directly or in a container. */
export interface PageFilling {
  /** Where the pages are. */
  memory: Place;
  /** Position of a flag for the direction of the copy, and its value for a copy into the pages. */
  way?: { argument: number; into: RegExp };
}

const filling = (memory: Place, names: readonly string[]): [string, PageFilling][] => names.map((name) => [name, { memory }]);

/**
 * Calls that write to the data of pages: include/linux/highmem.h, mm.h, uio.h, scatterlist.h, bvec.h, bio.h; include/crypto/scatterwalk.h.
 */
export const pageFillingCalls: ReadonlyMap<string, PageFilling> = new Map<string, PageFilling>([
  ...filling('0', ['memcpy_to_page', 'memcpy_to_folio', 'memcpy_page', 'memcpy_folio', 'memmove_page', 'memset_page', 'memzero_page']),
  ...filling('0', ['clear_highpage', 'clear_highpage_kasan_tagged', 'clear_user_highpage', 'tag_clear_highpage', 'clear_huge_page']),
  ...filling('0', ['zero_user', 'zero_user_segment', 'zero_user_segments']),
  ...filling('0', [
    'folio_zero_range',
    'folio_zero_segment',
    'folio_zero_segments',
    'folio_zero_tail',
    'folio_zero_user',
    'folio_fill_tail',
  ]),
  ...filling('0', ['copy_highpage', 'copy_mc_highpage', 'copy_user_highpage', 'copy_mc_user_highpage', 'copy_user_huge_page']),
  ...filling('0', ['copy_page_from_iter', 'copy_page_from_iter_atomic', 'copy_folio_from_iter', 'copy_folio_from_iter_atomic']),
  // To 5.15.
  ...filling('0', ['iov_iter_copy_from_user_atomic']),
  ...filling('0@sgl', ['sg_copy_from_buffer', 'sg_pcopy_from_buffer', 'sg_zero_buffer', 'memcpy_to_sglist']),
  ['sg_copy_buffer', { memory: '0@sgl', way: { argument: 5, into: /^(0|false)$/ } }],
  ['scatterwalk_map_and_copy', { memory: '1@sgl', way: { argument: 4, into: /^(1|true)$/ } }],
  ...filling('0@bvec', ['memcpy_to_bvec', 'memzero_bvec', 'zero_fill_bio', 'zero_fill_bio_iter', 'bio_copy_data']),
  // These write to what an iterator leads to, which may be pages: `iov_iter_bvec()`.
  ...filling('2@bvec', ['copy_to_iter', 'copy_to_iter_full']),
  ...filling('3@bvec', ['copy_page_to_iter', 'copy_page_to_iter_nofault', 'copy_folio_to_iter']),
  ...filling('1@bvec', ['iov_iter_zero']),
]);

/** Calls that read the data of pages, and where those are: the same headers. */
export const pageReadingCalls: ReadonlyMap<string, Place> = new Map<string, Place>(
  Object.entries({
    '0': ['copy_page_to_iter', 'copy_page_to_iter_nofault', 'copy_folio_to_iter'],
    '1': ['memcpy_from_page', 'memcpy_from_folio', 'memcpy_from_file_folio', 'copy_highpage', 'copy_mc_highpage', 'copy_user_highpage'],
    '2': ['memcpy_page', 'memcpy_folio', 'memmove_page'],
    '0@sgl': ['sg_copy_buffer', 'sg_copy_to_buffer', 'sg_pcopy_to_buffer'],
    '1@sgl': ['scatterwalk_map_and_copy', 'memcpy_from_sglist'],
    '1@bvec': ['memcpy_from_bvec', 'bio_copy_data'],
    '2@bvec': ['copy_from_iter', 'copy_from_iter_full'],
    '3@bvec': ['copy_page_from_iter', 'copy_page_from_iter_atomic', 'copy_folio_from_iter', 'copy_folio_from_iter_atomic'],
  }).flatMap(([place, names]) => names.map((name): [string, Place] => [name, place])),
);

/**
 * Matches the whole name of a call that hands pages to others who use them later, or puts them into page tables. Of the block layer's
 * calls, those that only query a request or a queue, or put a bio into a request, do not count.
 */
export const sendingCall =
  /^(submit_bio(?!_wait)\w*|blk_(?!rq_|cgroup_|integrity_|queue_|crypto_|mq_map_bio_)\w+|bio_(endio|chain|associate)\w*|generic_make_request|netif_\w+|dev_queue_xmit|set_pte\w*|vmf_insert_\w+|crypto_\w*(encrypt|decrypt|digest|hash)\w*|arch_\w+|kthread_\w+)$/;

/**
 * Matches calls that only note in a request where its data is: include/crypto/skcipher.h, aead.h, hash.h, akcipher.h, kpp.h, acompress.h.
 */
export const requestSetters =
  /^((skcipher|aead|ahash|akcipher)_request_set_crypt|kpp_request_set_(input|output)|acomp_request_set_params)$/;

/**
 * Matches calls that only note in a request which function to call when it is done, and with what: include/linux/usb.h, and those of
 * include/crypto/.
 */
export const callbackSetters = /^((skcipher|aead|ahash|akcipher|kpp|acomp)_request_set_callback|usb_fill_\w+_urb)$/;

/** Matches calls that map a page for a device or a user, and do nothing to it if they fail: include/linux/iommu.h, mm.h. */
export const mappingCall = /^(iommu_map\w*|vm_insert_\w+|remap_pfn_range)$/;

/** Matches calls that map at an address of an IOMMU: include/linux/iommu.h. */
export const iommuMapping = /^iommu_map/;

/** Matches in the name of a call that maps a single page for a device: include/linux/dma-mapping.h, include/rdma/ib_verbs.h. */
export const singleMapping = /_map_(page|single)/;

/** The direction of what a device writes to memory: `enum dma_data_direction`. */
export const fromDevice = 'DMA_FROM_DEVICE';

/** Matches the direction of what a device only reads: `enum dma_data_direction`, and those of other buses' calls. */
export const toDevice = /^\w*TO_?DEVICE$/;

/** Matches in the name of a call that fills memory it is given: those of {@link fillingCalls}, and drivers' own. */
export const copyingName = /copy_from|^mem(cpy|move)/;

/** Matches in the name of a call that copies data from user space into kernel memory: include/linux/uaccess.h, and drivers' own. */
export const fromUserName = /copy_(struct_)?from_user/;

/** Matches calls that access the memory whose address they are given. */
export const reachingCall = /^(mem(cpy|move|set|cmp)|memzero_explicit|__?copy_(to|from)_user\w*|copy_(to|from)_user\w*)$/;
