/** Calls that allocate memory: include/linux/slab.h, vmalloc.h, gfp.h, string.h, bio.h, scatterlist.h, dma-mapping.h. */

/** By whole name; what some drivers of older kernels used instead among them. */
export const memoryCall =
  /^(devm_)?(k|kv|v)(m|z|c)?alloc\w*$|^(devm_)?k(m|z)alloc_\w+$|^(kcalloc|sgl_alloc\w*|kvcalloc|kmalloc_array|kvmalloc_array|array_size|kmem_cache_z?alloc\w*|k?memdup\w*|__get_free_pages?|get_zeroed_page|drm_calloc_large|drm_malloc_ab|vmalloc_user|__vmalloc\w*|bio_k?m?alloc\w*|dmam?_alloc_(coherent|attrs|noncoherent)|pci_z?alloc_consistent)$/;

/** Of those, the ones that give memory for objects of one struct. */
export const objectCall = /^(k[mzc]alloc\w*|kv[mzc]alloc\w*|kmem_cache_z?alloc\w*|devm_k[mzc]alloc\w*|vz?alloc\w*)$/;

/** In the name of one that gives memory which is zero. */
export const zeroingName = /zalloc|calloc|zeroed/;

/** The flag by which any other is asked for that. */
export const zeroingFlag = /__GFP_ZERO/;

/** Gives all of some memory one value, its second argument. include/linux/string.h */
export const fillingAll = 'memset';

/** What asks for a size by the name of a pointer that it does not look at, with its arguments. include/linux/overflow.h */
export const sizing = /\b(?:struct_size|flex_array_size|sizeof)\s*\((?:[^()]|\([^()]*\))*\)/g;

/** Calls, and words before a parenthesis, that are given an object while it is made, and keep nothing of it. */
export const makingReady =
  /^(?:if|while|for|switch|return|sizeof|likely|unlikely|IS_ERR\w*|WARN\w*|memset|memcpy|(?:mutex|spin_lock|kref|sema|idr|xa|bio)_init\w*|(?:refcount|atomic|atomic64)_set|init_(?:completion|waitqueue_head|rwsem)|INIT_H?LIST_HEAD|sg_init_table)$/;
