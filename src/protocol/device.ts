import type { Place } from './types.js';

/** A call after which a device reaches the memory that an argument leads to. */
export interface DeviceCall {
  name: string;
  /** The argument: a page, an address in it, or a container of pages. */
  memory: Place;
  /** Position of the `enum dma_data_direction`, `null` if there is none. */
  direction: number | null;
}

const call = (name: string, memory: number, direction: number | null): DeviceCall => ({ name, memory: String(memory), direction });

/** include/linux/dma-mapping.h, include/rdma/ib_verbs.h, include/linux/iommu.h, include/linux/virtio.h. */
export const deviceCallList: readonly DeviceCall[] = [
  ...['dma_map_page', 'dma_map_page_attrs', 'ib_dma_map_page', 'pci_map_page'].map((name) => call(name, 1, 4)),
  ...['dma_map_single', 'dma_map_single_attrs', 'ib_dma_map_single', 'pci_map_single'].map((name) => call(name, 1, 3)),
  ...['dma_map_sg', 'dma_map_sg_attrs', 'ib_dma_map_sg', 'ib_dma_map_sg_attrs', 'pci_map_sg'].map((name) => call(name, 1, 3)),
  ...['dma_map_sgtable', 'ib_dma_map_sgtable_attrs'].map((name) => call(name, 1, 2)),
  ...['iommu_map', 'iommu_map_sg', 'iommu_map_sgtable', 'iommu_map_atomic'].map((name) => call(name, 2, null)),
  ...['virtqueue_add_sgs', 'virtqueue_add_outbuf', 'virtqueue_add_inbuf'].map((name) => call(name, 1, null)),
];

/** They end what `dma_map_sg()` and its kin began, and may copy what the device wrote: include/linux/dma-mapping.h, include/rdma/ib_verbs.h. */
export const unmappingDeviceCalls: ReadonlySet<string> = new Set([
  'dma_unmap_sg',
  'dma_unmap_sg_attrs',
  'dma_unmap_sgtable',
  'ib_dma_unmap_sg',
  'ib_dma_unmap_sg_attrs',
  'ib_dma_unmap_sgtable_attrs',
  'pci_unmap_sg',
]);

/** The same for one page, by the address that `dma_map_page()` and its kin gave: include/linux/dma-mapping.h, include/rdma/ib_verbs.h. */
export const unmappingPageCalls: ReadonlySet<string> = new Set(
  ['dma_unmap_page', 'dma_unmap_page_attrs', 'dma_unmap_single', 'dma_unmap_single_attrs'].concat(
    ['ib_dma_unmap_page', 'ib_dma_unmap_single'],
    ['pci_unmap_page', 'pci_unmap_single'],
  ),
);

/** They take a range of addresses out of an IOMMU's page table, which `iommu_map()` put there: include/linux/iommu.h. */
export const unmappingRangeCalls: ReadonlySet<string> = new Set(['iommu_unmap', 'iommu_unmap_fast']);

/** How a call that takes addresses out of an IOMMU's table says that it has not, and what takes them out of its caches, where it has left them. */
export interface CachedUnmapping {
  fails: 'zero' | 'nonzero';
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
 * How a call has a device work with memory: with what it is given itself; with what was mapped for the device before; or by a message, an
 * argument, which says where the device finds what was mapped before.
 */
export type Starting = 'its own' | 'mapped before' | { message: number };

/** A message, but for a buffer that is queued for the device's answer. */
const message: Starting = { message: 2 };

/**
 * Calls that have a device work with memory that it was let at. include/linux/virtio.h, drivers/virtio/virtio_ring.c; include/linux/dmaengine.h
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

/** How a wait ends, whether or not there is what it waits for, and what it then returns. */
export interface WaitEnd {
  how: 'was interrupted' | 'timed out';
  result: string;
}

/** A call that sleeps until others are done, by its name: what io_schedule() counts as waiting for a device is one from 7.3 on. */
export const sleepingName = /^(?:s|io_)?wait_/;

/** The call of one, as it stands in a text. */
export const sleepingText = /\b(?:s|io_)?wait_(?:event|for_completion)\w*\s*\(/;

/** Waits by how they end without what they wait for: include/linux/wait.h, swait.h, completion.h. */
const waitEnds: readonly (WaitEnd & { name: RegExp })[] = [
  {
    how: 'was interrupted',
    result: '-ERESTARTSYS',
    name: /^(?:s|io_)?wait_(event|for_completion)_(\w+_)?(interruptible|killable|freezable)(_\w+)?$/,
  },
  { how: 'timed out', result: '0', name: /^(?:s|io_)?wait_(event|for_completion)_(\w+_)?timeout(_\w+)?$/ },
];

/** Every way in which a wait of a name ends without what it waits for. */
export function waitEndsOf(name: string): readonly WaitEnd[] {
  return waitEnds.filter((end) => end.name.test(name));
}

/** True for a call that tells no device anything and waits for none: it prints, reads, orders, locks, takes off a list, or ends a mapping. */
export function isSilentToDevices(name: string): boolean {
  return unmappingDeviceCalls.has(name) || unmappingPageCalls.has(name) || silentCall.test(name);
}

const silentCall =
  /^(printk|(pr|dev|netdev)_(emerg|alert|crit|err|warn|warning|notice|info|debug|dbg)\w*|(READ|WRITE)_ONCE|barrier|(smp_|dma_|virt_)?[rw]?mb|(raw_)?spin_(un)?lock\w*|mutex_(un)?lock|list_(empty|del|del_init)|kunmap\w*)$/;

/**
 * Calls that write to the memory that an argument points at, or to its tags, and the position of that: lib/string.c, include/linux/uaccess.h,
 * bitops.h, unaligned.h, atomic/atomic-instrumented.h, lib/iov_iter.c, arch/arm64/include/asm/mte.h, Documentation/atomic_bitops.txt.
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

/** What is done to a bit: also where it is not atomic, or says what the bit was, and of one in a little-endian word. */
function bits(actions: readonly string[]): string[] {
  return actions.flatMap((action) => {
    const names = [`${action}_bit`, `test_and_${action}_bit`];
    return [...names, ...names.map((name) => `__${name}`)].flatMap((name) => [name, `${name}_le`]);
  });
}

function atomics(actions: readonly string[]): string[] {
  return actions.flatMap((action) => [`atomic_${action}`, `atomic64_${action}`, `atomic_long_${action}`]);
}

/** A call that fills pages which it is given themselves, or in a container. */
export interface PageFilling {
  /** Where the pages stand. */
  memory: Place;
  /** Position of a flag that says which way it copies, and what it is where that is into the pages. */
  way?: { argument: number; into: RegExp };
}

const filling = (memory: Place, names: readonly string[]): [string, PageFilling][] => names.map((name) => [name, { memory }]);

/** include/linux/highmem.h, mm.h, uio.h, scatterlist.h, bvec.h, bio.h; include/crypto/scatterwalk.h. */
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
  // Into what an iterator leads to, which may be pages: `iov_iter_bvec()`.
  ...filling('2@bvec', ['copy_to_iter', 'copy_to_iter_full']),
  ...filling('3@bvec', ['copy_page_to_iter', 'copy_page_to_iter_nofault', 'copy_folio_to_iter']),
  ...filling('1@bvec', ['iov_iter_zero']),
]);

/** Calls that read the data of pages, and where those stand: the same headers. */
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
 * Calls that send pages off, to come back for them later, or put them into page tables; by whole name. Of the block layer's, those that
 * ask something of a request or a queue, or put a bio into a request, send nothing yet.
 */
export const sendingCall =
  /^(submit_bio(?!_wait)\w*|blk_(?!rq_|cgroup_|integrity_|queue_|crypto_|mq_map_bio_)\w+|bio_(endio|chain|associate)\w*|generic_make_request|netif_\w+|dev_queue_xmit|set_pte\w*|vmf_insert_\w+|crypto_\w*(encrypt|decrypt|digest|hash)\w*|arch_\w+|kthread_\w+)$/;

/**
 * Calls that note in a request where its data stands, and do nothing with that: include/crypto/skcipher.h, aead.h, hash.h, akcipher.h, kpp.h,
 * acompress.h.
 */
export const requestSetters =
  /^((skcipher|aead|ahash|akcipher)_request_set_crypt|kpp_request_set_(input|output)|acomp_request_set_params)$/;

/** Calls that note in a request whom to call with what once it is done, and do not start it: include/linux/usb.h, and those of include/crypto/. */
export const callbackSetters = /^((skcipher|aead|ahash|akcipher|kpp|acomp)_request_set_callback|usb_fill_\w+_urb)$/;

/** They map a page for a device or a user, and leave it alone where they fail: include/linux/iommu.h, mm.h. */
export const mappingCall = /^(iommu_map\w*|vm_insert_\w+|remap_pfn_range)$/;

/** They fill the memory that they are given, as the calls of {@link fillingCalls} and drivers' own of such names do. */
export const copyingName = /copy_from|^mem(cpy|move)/;

/** They fill memory of the kernel's with what a user asks for: include/linux/uaccess.h, and drivers' own of such names. */
export const askingName = /copy_(struct_)?from_user/;

/** They reach the memory that they are given the address of. */
export const reachingCall = /^(mem(cpy|move|set|cmp)|memzero_explicit|__?copy_(to|from)_user\w*|copy_(to|from)_user\w*)$/;
