/** Calls that allocate memory: include/linux/slab.h, vmalloc.h, gfp.h, string.h, bio.h, scatterlist.h, dma-mapping.h. */

/** Matches the whole name of an allocating call, including what drivers for older kernels used. */
export const memoryCall =
  /^(devm_)?(k|kv|v)(m|z|c)?alloc\w*$|^(devm_)?k(m|z)alloc_\w+$|^(kcalloc|sgl_alloc\w*|kvcalloc|kmalloc_array|kvmalloc_array|array_size|kmem_cache_z?alloc\w*|k?memdup\w*|__get_free_pages?|get_zeroed_page|drm_calloc_large|drm_malloc_ab|vmalloc_user|__vmalloc\w*|bio_k?m?alloc\w*|dmam?_alloc_(coherent|attrs|noncoherent)|pci_z?alloc_consistent)$/;

/** Of those, the calls that allocate memory for objects of one struct. */
export const objectCall = /^(k[mzc]alloc\w*|kv[mzc]alloc\w*|kmem_cache_z?alloc\w*|devm_k[mzc]alloc\w*|vz?alloc\w*)$/;

/** Matches in the name of an allocating call that returns zeroed memory. */
export const zeroingName = /zalloc|calloc|zeroed/;

/** Matches the flag that makes any other allocating call return zeroed memory. */
export const zeroingFlag = /__GFP_ZERO/;

/** The call that sets every byte of a stretch of memory to its second argument. include/linux/string.h */
export const fillingAll = 'memset';

/** Matches an expression for a size that only names a pointer and does not read it, with its arguments. include/linux/overflow.h */
export const sizing = /\b(?:struct_size|flex_array_size|sizeof)\s*\((?:[^()]|\([^()]*\))*\)/g;

/** Matches calls, and keywords before a parenthesis, that may be given an object while it is set up, and keep no pointer to it. */
export const initializingCalls =
  /^(?:if|while|for|switch|return|sizeof|likely|unlikely|IS_ERR\w*|WARN\w*|memset|memcpy|(?:mutex|spin_lock|kref|sema|idr|xa|bio)_init\w*|(?:refcount|atomic|atomic64)_set|init_(?:completion|waitqueue_head|rwsem)|INIT_H?LIST_HEAD|sg_init_table)$/;
