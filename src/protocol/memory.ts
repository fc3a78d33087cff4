import type { Iterator, OriginCall, OriginKind, Place, Transfer } from './types.js';

/** Tests for room in a queue: include/linux/kfifo.h. */
const queueRoom: NonNullable<Transfer['roomy']> = [
  ['kfifo_is_full', false],
  ['kfifo_is_empty', true],
  ['kfifo_avail', true],
];

/** Calls that copy or exchange memory which may contain page pointers, and that store values under keys. */
export const memoryTransfers: readonly Transfer[] = [
  ...['memcpy', 'memmove', '__memcpy'].map((name): Transfer => ({ name, moves: [['1[]', '0[]']] })),
  ...['krealloc', 'kvrealloc', 'krealloc_array'].map((name): Transfer => ({ name, moves: [['0', 'return']] })),
  ...['kmemdup', 'kmemdup_array', 'kvmemdup'].map((name): Transfer => ({ name, moves: [['0[]', 'return[]']] })),
  // The first argument is the address of the pointer: include/asm-generic/barrier.h.
  { name: 'smp_store_release', moves: [['1', '0[]']] },
  { name: 'smp_load_acquire', moves: [['0[]', 'return']] },
  ...['xchg', 'rcu_replace_pointer'].map(
    (name): Transfer => ({
      name,
      moves: [
        ['0[]', 'return'],
        ['1', '0[]'],
      ],
    }),
  ),
  {
    name: 'cmpxchg',
    moves: [
      ['0[]', 'return'],
      ['2', '0[]'],
    ],
  },
  // Returns whether it stored the value; the old one goes to where the second argument points.
  {
    name: 'try_cmpxchg',
    moves: [
      ['0[]', '1[]'],
      ['2', '0[]'],
    ],
  },
  {
    name: 'swap',
    moves: [
      ['0', '1'],
      ['1', '0'],
    ],
  },
  // Values under numbers as keys: include/linux/xarray.h (4.20 on), radix-tree.h, idr.h.
  ...['xa_store', 'xa_store_bh', 'xa_store_irq', '__xa_store'].map((name): Transfer => ({ name, moves: [['2', '0@slot']] })),
  ...[
    ...['xa_insert', 'xa_insert_bh', 'xa_insert_irq', '__xa_insert'],
    ...['xa_alloc', 'xa_alloc_bh', 'xa_alloc_irq', '__xa_alloc', 'xa_alloc_cyclic', 'xa_alloc_cyclic_bh', 'xa_alloc_cyclic_irq'],
    'radix_tree_insert',
  ].map((name): Transfer => ({ name, moves: [['2', '0@slot']] })),
  // It returns what was there before. What it does, it does only if that is its third argument.
  ...['xa_cmpxchg', 'xa_cmpxchg_bh', 'xa_cmpxchg_irq', '__xa_cmpxchg'].map(
    (name): Transfer => ({
      name,
      moves: [
        ['0@slot', 'return'],
        ['3', '0@slot'],
      ],
    }),
  ),
  ...[
    ...['xa_load', 'xa_erase', 'xa_erase_bh', 'xa_erase_irq', '__xa_erase', 'xa_find', 'xa_find_after'],
    ...['radix_tree_lookup', 'radix_tree_delete', 'radix_tree_delete_item', 'idr_find', 'idr_remove', 'idr_get_next'],
  ].map((name): Transfer => ({ name, moves: [['0@slot', 'return']] })),
  ...['idr_alloc', 'idr_alloc_cyclic'].map((name): Transfer => ({ name, moves: [['1', '0@slot']] })),
  // Queues of values: include/linux/kfifo.h. The calls return how many went in or out.
  { name: 'kfifo_put', moves: [['1', '0@slot']], fails: 'zero', roomy: queueRoom },
  ...['kfifo_in', 'kfifo_in_spinlocked', 'kfifo_in_spinlocked_noirqsave', 'kfifo_in_locked'].map(
    (name): Transfer => ({ name, moves: [['1[]', '0@slot']], fails: 'zero', roomy: queueRoom }),
  ),
  ...[
    ...['kfifo_get', 'kfifo_peek', 'kfifo_out', 'kfifo_out_spinlocked', 'kfifo_out_spinlocked_noirqsave', 'kfifo_out_locked'],
    'kfifo_out_peek',
  ].map((name): Transfer => ({ name, moves: [['0@slot', '1[]']] })),
  // Frame numbers as the keys of a maple tree, and a state that is at one of them: include/linux/maple_tree.h, 6.1 on.
  ...['mtree_insert', 'mtree_insert_range', 'mtree_store', 'mtree_store_range'].map(
    (name): Transfer => ({ name, moves: [['1@pfn', '0@key']] }),
  ),
  { name: 'MA_STATE', moves: [['1@key', '0@key']] },
  // Frame numbers in the table of an IOMMU: include/linux/iommu.h.
  ...['iommu_map', 'iommu_map_atomic'].map(
    (name): Transfer => ({ name, moves: [['2@pfn', '0@slot@pfn']], fails: 'error', foundBy: 'iommu_iova_to_phys' }),
  ),
  { name: 'iommu_iova_to_phys', moves: [['0@slot@pfn', 'return@pfn']] },
  // The buffer keeps the exporter's private data: include/linux/dma-buf.h.
  { name: 'dma_buf_export', moves: [['0.priv', 'return.priv']], fails: 'error pointer' },
];

/** Macros that iterate over values under keys. */
export const memoryIterators: readonly Iterator[] = [
  { name: 'mas_for_each', moves: [['0@key', '0.index@pfn']] },
  ...['xa_for_each', 'xa_for_each_range', 'xa_for_each_start', 'xa_for_each_marked'].map(
    (name): Iterator => ({ name, moves: [['0@slot', '2']] }),
  ),
  ...['idr_for_each_entry', 'idr_for_each_entry_continue'].map((name): Iterator => ({ name, moves: [['0@slot', '1']] })),
];

/** The phrase for pages of a kind, with the call that they come from. */
const phrases = {
  allocated: (name) => `${name}() pages`,
  kernel: (name) => `kernel pages (${name}())`,
  zero: (name) => `the zero page (${name}())`,
  cache: (name) => `page cache pages (${name}())`,
  found: (name) => `pages found by address (${name}())`,
  frame: (name) => `pages found by address (${name}())`,
  memory: (name) => `${name}() memory`,
} as const satisfies Partial<Record<OriginKind, (name: string) => string>>;

const page = (kind: keyof typeof phrases, name: string): OriginCall => ({ name, kind, what: phrases[kind](name) });

/** Calls that return pages which are not a user's: they make a container mixed. */
export const origins: readonly OriginCall[] = [
  ...[
    'alloc_page',
    'alloc_pages',
    'alloc_pages_node',
    '__page_cache_alloc',
    'dev_alloc_page',
    'alloc_page_vma',
    'skb_page_frag_refill',
    'mempool_alloc',
    'folio_alloc',
  ].map((n) => page('allocated', n)),
  ...['vmalloc_to_page', 'virt_to_page', 'virt_to_head_page', 'kmap_to_page', 'vmalloc_to_pfn'].map((n) => page('kernel', n)),
  page('zero', 'ZERO_PAGE'),
  ...[
    'find_get_page',
    'find_lock_page',
    'find_or_create_page',
    'grab_cache_page',
    'read_mapping_page',
    'read_cache_page',
    'filemap_get_folio',
    '__filemap_get_folio',
    'shmem_read_mapping_page',
    'pagecache_get_page',
    'shmem_get_folio',
    'shmem_read_mapping_page_gfp',
    'shmem_read_folio_gfp',
  ].map((n) => page('cache', n)),
  ...['pfn_to_page', 'phys_to_page', 'pte_page', 'follow_page', 'vm_normal_page'].map((n) => page('found', n)),
  ...['balloon_page_dequeue', 'dma_alloc_coherent', 'xen_alloc_unpopulated_pages'].map((n) => page('memory', n)),
];

/** Calls that give the frame number of a page without taking a reference on it, and where the number is: include/linux/pgtable.h, mm.h. */
export const frameOrigins: readonly { origin: OriginCall; place: Place }[] = [
  ...['pte_pfn', 'pmd_pfn', 'pud_pfn'].map((name) => ({ origin: page('frame', name), place: 'return@pfn' })),
  { origin: page('frame', 'follow_pfn'), place: '2[]@pfn' },
  { origin: page('frame', 'follow_pfnmap_start'), place: '0.pfn@pfn' },
];

/**
 * The member with the first frame number of a mapping of frames (VM_PFNMAP): what is computed from it is the number of a page on which
 * nobody took a reference. See remap_pfn_range() in mm/memory.c.
 */
export const firstFrame = 'vm_pgoff';

/** Calls that take pages from the allocator, also those that do not return a page pointer: include/linux/gfp.h. */
export const allocatingCalls: readonly string[] = [
  'alloc_page',
  'alloc_pages',
  'alloc_pages_node',
  'alloc_pages_exact',
  'alloc_pages_bulk',
  'alloc_pages_bulk_array',
  'alloc_pages_bulk_array_node',
  'alloc_pages_bulk_list',
  'alloc_pages_noprof',
  '__alloc_pages',
  'alloc_page_vma',
  'folio_alloc',
  'dev_alloc_page',
  'dev_alloc_pages',
  'page_pool_alloc_pages',
  'page_pool_dev_alloc_pages',
  'skb_page_frag_refill',
  'mempool_alloc',
  'get_zeroed_page',
  '__get_free_page',
  '__get_free_pages',
];

/**
 * Matches calls whose result is a pointer to the struct named by the second argument, mostly from a member to the struct around it:
 * include/linux/container_of.h, list.h, rbtree.h.
 */
export const castCalls: RegExp =
  /^(container_of\w*|list_(first_|last_|next_|prev_)?entry\w*|hlist_entry\w*|rb_entry\w*|from_\w+|kzalloc_obj|kmalloc_obj)$/;

/** Of those, the ones that return the object at an end of a list: include/linux/list.h. */
export const endEntries = /^list_(first|last)_entry(_or_null)?$/;
