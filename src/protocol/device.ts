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

/** Waits by how they end without what they wait for: include/linux/wait.h, swait.h, completion.h. */
const waitEnds: readonly (WaitEnd & { name: RegExp })[] = [
  {
    how: 'was interrupted',
    result: '-ERESTARTSYS',
    name: /^s?wait_(event|for_completion)_(\w+_)?(interruptible|killable|freezable)(_\w+)?$/,
  },
  { how: 'timed out', result: '0', name: /^s?wait_(event|for_completion)_(\w+_)?timeout(_\w+)?$/ },
];

/** Every way in which a wait of a name ends without what it waits for. */
export function waitEndsOf(name: string): readonly WaitEnd[] {
  return waitEnds.filter((end) => end.name.test(name));
}

/** True for a call that tells no device anything and waits for none: it prints, reads, locks, takes off a list, or ends a mapping. */
export function isSilentToDevices(name: string): boolean {
  return unmappingDeviceCalls.has(name) || unmappingPageCalls.has(name) || silentCall.test(name);
}

const silentCall =
  /^(printk|(pr|dev|netdev)_(emerg|alert|crit|err|warn|warning|notice|info|debug|dbg)\w*|(READ|WRITE)_ONCE|(raw_)?spin_(un)?lock\w*|mutex_(un)?lock|list_(empty|del|del_init)|kunmap\w*)$/;

/** Calls that fill the memory that their first argument points at, or its tags: lib/string.c, include/linux/uaccess.h, lib/iov_iter.c, arch/arm64/include/asm/mte.h. */
export const fillingCalls: ReadonlySet<string> = new Set([
  'memcpy',
  'memmove',
  'memset',
  'memcpy_fromio',
  'copy_from_user',
  '__copy_from_user',
  'copy_from_user_nofault',
  'copy_from_iter',
  'clear_page',
  'memzero_explicit',
  'mte_copy_tags_from_user',
  'mte_clear_page_tags',
]);

/**
 * Calls that send pages off, to come back for them later, or put them into page tables; by whole name. Of the block layer's, those that
 * ask something of a request or a queue, or put a bio into a request, send nothing yet.
 */
export const sendingCall =
  /^(submit_bio(?!_wait)\w*|blk_(?!rq_|cgroup_|integrity_|queue_|crypto_|mq_map_bio_)\w+|bio_(endio|chain|associate)\w*|generic_make_request|netif_\w+|dev_queue_xmit|set_pte\w*|vmf_insert_\w+|crypto_\w*(encrypt|decrypt|digest|hash)\w*|arch_\w+|kthread_\w+)$/;

/** They map a page for a device or a user, and leave it alone where they fail: include/linux/iommu.h, mm.h. */
export const mappingCall = /^(iommu_map\w*|vm_insert_\w+|remap_pfn_range)$/;

/** They fill the memory that they are given, as the calls of {@link fillingCalls} and drivers' own of such names do. */
export const copyingName = /copy_from|^mem(cpy|move)/;

/** They fill memory of the kernel's with what a user asks for: include/linux/uaccess.h, and drivers' own of such names. */
export const askingName = /copy_(struct_)?from_user/;

/** They reach the memory that they are given the address of. */
export const reachingCall = /^(mem(cpy|move|set|cmp)|memzero_explicit|__?copy_(to|from)_user\w*|copy_(to|from)_user\w*)$/;
