/** Calls that neither take nor keep nor drop a page's reference, and calls that mark it dirty or take one more. */

/** How a dirtying call is named in a row. */
export const dirtyCalls: ReadonlyMap<string, 'set_page_dirty' | 'set_page_dirty_lock' | 'SetPageDirty'> = new Map([
  ['set_page_dirty', 'set_page_dirty'],
  ['folio_mark_dirty', 'set_page_dirty'],
  ['set_page_dirty_lock', 'set_page_dirty_lock'],
  ['folio_mark_dirty_lock', 'set_page_dirty_lock'],
  ['SetPageDirty', 'SetPageDirty'],
  ['folio_set_dirty', 'SetPageDirty'],
  ['kvm_set_page_dirty', 'SetPageDirty'],
  ['bio_set_pages_dirty', 'set_page_dirty_lock'],
]);

/** One more reference, which a later drop on the same path gives back. */
export const extraReferenceCalls: ReadonlySet<string> = new Set([
  'get_page', 'folio_get', 'try_get_page', 'folio_try_get', 'get_page_unless_zero', 'folio_ref_add', 'page_ref_add', 'page_ref_inc', 'folio_ref_inc', 'page_cache_get', 'skb_frag_ref', '__skb_frag_ref', 'pipe_buf_get',
]);

/** Calls that free memory in which page pointers stood, without dropping the pages. */
export const freeingCalls: ReadonlySet<string> = new Set([
  'kfree', 'kvfree', 'vfree', 'kfree_sensitive', 'kzfree', 'kvfree_sensitive', 'free_page', 'free_pages', 'devm_kfree', 'kmem_cache_free', 'drm_free_large', 'kfree_rcu', 'sg_free_table', 'sg_free_append_table', 'mempool_free', 'vunmap',
]);

/** Tests of one page that lead to marking it dirty or to skipping it. */
export const pageTestCalls: ReadonlySet<string> = new Set([
  'PageReserved', 'PageDirty', 'PageCompound', 'PageHuge', 'IS_ERR', 'IS_ERR_OR_NULL', 'pfn_valid', 'is_zero_pfn', 'PageAnon', 'ARRAY_SIZE', 'min', 'max', 'min_t', 'max_t', 'lock_page', 'unlock_page', 'folio_lock', 'folio_unlock',
]);

/** By whole name or by prefix (`prefix*`): they look at pages, map them, print, lock, sleep, copy; nothing of a reference moves. */
const neutralNames: readonly string[] = [
  'kunmap*', 'kmap*', 'page_*', 'Page*', 'SetPage*', 'ClearPage*', 'TestSetPage*', 'TestClearPage*', 'folio_*', 'set_page_*', 'clear_page*', 'clear_user_*', 'lock_page*', 'unlock_page', 'trylock_page', 'wait_on_page*', 'mark_page_accessed', 'copy_*', '__copy_*', 'mem*', 'str*', 'sn*printf', 'printk', 'pr_*', 'dev_*', 'netdev_*', 'drm_dbg*', 'drm_err*', 'DRM_*', 'trace_*', 'WARN*', 'BUG*', 'dma_*', 'pci_map_*', 'pci_unmap_*', 'pci_dma_*', 'ib_dma_*', 'sg_dma_*', 'sg_init*', 'sg_mark_end', 'sg_unmark_end', 'sg_nents*', 'sg_is_*', 'sg_pcopy*', 'sg_copy*', 'sg_miter_next', 'sg_miter_stop', 'sg_miter_skip', '__sg_page_iter_next', '__sg_page_iter_dma_next', 'sg_alloc_table', 'sg_free_*', 'flush_*', 'invalidate_kernel*', 'mutex_*', 'spin_*', 'raw_spin_*', 'down_*', 'up_*', 'mmap_*', 'mmget*', 'mmput*', 'kfree', 'kvfree', 'vfree', 'kmalloc*', 'kzalloc*', 'kcalloc*', 'kvmalloc*', 'kvcalloc*', 'kvzalloc*', 'vmalloc*', 'vzalloc*', 'INIT_*', 'list_*', 'hlist_*', 'atomic*', 'refcount_*', 'kref_*', 'wake_up*', 'wait_*', 'complete*', 'schedule*', 'cond_resched*', 'detach_page_private', 'attach_page_private', 'folio_detach_private', 'get_order', 'offset_in_page', 'put_user', 'get_user', '__get_user', '__put_user', 'access_ok', 'capable', 'virt_*', 'PTR_ERR*', 'IS_ERR*', 'ERR_PTR', 'is_*', 'sizeof', 'min*', 'max*', 'crypto_*', 'aead_request_*', 'skcipher_request_*', 'ahash_request_*', 'crc*', 'csum_*', 'bitmap_*', 'test_bit', 'set_bit*', 'clear_bit*', '__set_bit', '__clear_bit', 'iov_iter_*', 'iommu_map*', 'iommu_unmap*', 'vm_insert_*', 'vmf_insert_*', 'remap_pfn_range', 'vm_unmap_ram', 'vunmap', 'queue_work*', 'schedule_*work*', 'mod_*', 'inc_*', 'dec_*', '__mod_*', 'count_*', 'task_*', 'get_task_*', 'put_task_*', 'rcu_*', 'srcu_*', 'local_*', 'preempt_*', 'write*', 'read*', 'iowrite*', 'ioread*', 'bio_set_*', 'bio_get*', 'bio_put', 'bio_init*', 'bio_endio', 'bio_advance*', 'submit_bio*', 'blk_*', 'skb_put*', 'skb_reserve*', 'skb_trim', 'skb_headlen', 'refill_*', 'lru_*', 'pfn_*', 'pmd_*', 'pte_*', 'set_pte*', 'arch_*', 'asm', 'BUILD_BUG*', 'DIV_ROUND*', 'assert*', 'lockdep_*', 'KUNIT_*', 'kunit_*', 'put_unaligned*', 'get_unaligned*', 'hash_*', 'jhash*', 'rb_*', 'interval_tree_*', 'xa_*', 'xas_*', '__xa_*', 'idr_*', 'ida_*', 'radix_tree_*', 'mas_*', 'seq_*', 'kasan_*', 'kmemleak_*', 'kmsan_*', 'cgroup_*', 'ktime_*', 'nla_*', 'of_*', 'tracepoint_*', 'mm_*', 'set_memory_*', 'call_rcu', 'synchronize_*', 'del_timer*', 'get_cpu*', 'put_cpu*', 'dput', 'fput', 'fget', 'iput', 'get_random*', 'kvm_read_*', 'kvm_write_*', 'kvm_vcpu_read*', 'kvm_vcpu_write*', 'gfn_to_memslot', 'gfn_to_hva*', 'kvm_is_*', 'filemap_*', 'shmem_*', 'swap_*', 'drm_clflush*', 'isolate_*', 'pfn_valid', 'shrink_*', 'cmpxchg*', 'try_cmpxchg*',
];

const exact = new Set(neutralNames.filter((name) => !name.includes('*')));
const prefixes = neutralNames.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1));

/** True for a call that no reference passes through. */
export function isNeutral(name: string): boolean {
  return exact.has(name) || pageTestCalls.has(name) || prefixes.some((prefix) => name.startsWith(prefix));
}

/** Structs too general to own a page: a field of theirs says nothing about who put the page there. */
export const generalStructs: ReadonlySet<string> = new Set([
  'page', 'folio', 'list_head', 'hlist_node', 'sk_buff', 'bio', 'bio_vec', 'scatterlist', 'sg_table', 'sg_append_table', 'file', 'inode', 'kiocb', 'iov_iter', 'work_struct', 'kref', 'rcu_head', 'mm_struct', 'vm_area_struct', 'pipe_buffer', 'pipe_inode_info', 'skb_shared_info', 'skb_frag', 'skb_frag_struct', 'address_space', 'device', 'socket', 'sock', 'task_struct', 'xarray', 'idr', 'mutex', 'seq_file', 'splice_pipe_desc', 'folio_batch', 'pagevec',
]);
