import type { Transfer } from './types.js';

/** A call that puts an object where others find it, and whose result says whether it could. */
export interface Listing {
  name: string;
  /** Position of the object, or of its member by which it is put there. */
  object: number;
  /** How the result says that it could not, as in {@link Transfer}. `any other`: by anything but zero or NULL. */
  fails: NonNullable<Transfer['fails']> | 'any other';
  /**
   * Position of what the object is to replace. Only if that is NULL does the result say in this way that it could not. In a place that was
   * reserved (XA_ZERO_ENTRY) it can.
   */
  replaced?: number;
}

const listing = (names: readonly string[], object: number, fails: Listing['fails'] = 'error'): Listing[] =>
  names.map((name) => ({ name, object, fails }));

/** The calls that put objects where others find them: include/linux/xarray.h, idr.h, radix-tree.h, rhashtable.h, maple_tree.h */
export const listings: readonly Listing[] = [
  ...listing(['xa_store', 'xa_store_bh', 'xa_store_irq', '__xa_store'], 2, 'any error'),
  ...listing(['xa_insert', 'xa_insert_bh', 'xa_insert_irq', '__xa_insert'], 2),
  ...listing(['xa_cmpxchg', 'xa_cmpxchg_bh', 'xa_cmpxchg_irq', '__xa_cmpxchg'], 3, 'any other').map((l) => ({ ...l, replaced: 2 })),
  ...listing(['xa_alloc', 'xa_alloc_bh', 'xa_alloc_irq', '__xa_alloc'], 2),
  ...listing(['xa_alloc_cyclic', 'xa_alloc_cyclic_bh', 'xa_alloc_cyclic_irq', '__xa_alloc_cyclic'], 2, 'any error'),
  ...listing(['idr_alloc', 'idr_alloc_cyclic'], 1, 'any error'),
  ...listing(['idr_alloc_u32', 'idr_get_new', 'idr_get_new_above'], 1),
  ...listing(['radix_tree_insert'], 2),
  ...listing(['rhashtable_insert_fast', 'rhashtable_lookup_insert_fast', 'rhltable_insert'], 1),
  ...listing(['rhashtable_lookup_insert_key', 'rhltable_insert_key'], 2),
  // These also return the object that is there already.
  ...listing(['rhashtable_lookup_get_insert_fast'], 1, 'any other'),
  ...listing(['rhashtable_lookup_get_insert_key'], 2, 'any other'),
  ...listing(['mtree_insert', 'mtree_store', 'mtree_alloc_range', 'mtree_alloc_rrange'], 2),
  ...listing(['mtree_alloc_cyclic'], 2, 'any error'),
  ...listing(['mtree_insert_range', 'mtree_store_range'], 3),
  ...listing(['mas_store_gfp'], 1),
];

/** A call that removes an object from where others find it. */
export interface Removal {
  name: string;
  /** Position of the object's member by which it was found; `null` if the object is the result. */
  member: number | null;
  /** True if the call returns an error when the object was not there, and then has not removed it. */
  mayFail: boolean;
  /** From where, for a message: the phrase before "which others would find it". */
  from: 'off the list on' | 'out of the hash table in' | 'out of the tree in' | 'out of the array in';
}

const removal = (names: readonly string[], member: number | null, from: Removal['from'], mayFail = false): Removal[] =>
  names.map((name) => ({ name, member, mayFail, from }));

/** include/linux/list.h, rculist.h, hashtable.h, rbtree.h, interval_tree.h, rhashtable.h, xarray.h, idr.h, radix-tree.h */
export const removals: readonly Removal[] = [
  ...removal(['list_del', 'list_del_init', 'list_del_rcu', 'list_del_init_careful'], 0, 'off the list on'),
  ...removal(['hlist_del', 'hlist_del_init', 'hlist_del_rcu', 'hlist_del_init_rcu'], 0, 'off the list on'),
  ...removal(['hash_del', 'hash_del_rcu'], 0, 'out of the hash table in'),
  ...removal(['rb_erase', 'rb_erase_cached', 'interval_tree_remove'], 0, 'out of the tree in'),
  ...removal(['rhashtable_remove_fast', 'rhltable_remove'], 1, 'out of the hash table in', true),
  ...removal(['xa_erase', 'xa_erase_bh', 'xa_erase_irq', '__xa_erase', 'idr_remove'], null, 'out of the array in'),
  ...removal(['radix_tree_delete', 'radix_tree_delete_item', 'mtree_erase'], null, 'out of the tree in'),
];

/** Matches calls that return an object by its key and leave it where it is: include/linux/xarray.h, idr.h, radix-tree.h, maple_tree.h. */
export const findingCall = /^(?:xa_load|idr_find|radix_tree_lookup|mtree_load)$/;

/**
 * Structs that are members of an object by which others find it: include/linux/types.h, rbtree_types.h, interval_tree.h,
 * rhashtable-types.h, llist.h.
 */
export const linkTypes: ReadonlySet<string> = new Set([
  'list_head',
  'hlist_node',
  'llist_node',
  'rb_node',
  'interval_tree_node',
  'rhash_head',
]);

/**
 * The beginnings of calls that schedule what is called with an object: include/linux/workqueue.h, irq_work.h, kthread.h, interrupt.h,
 * task_work.h, timer.h, hrtimer.h, rcupdate.h, srcu.h.
 */
const scheduling = [
  'queue_(?:delayed_|rcu_)?work',
  'mod_delayed_work',
  'irq_work_queue',
  'kthread_(?:queue|mod)_(?:delayed_)?work',
  'tasklet_(?:hi_)?schedule',
  'task_work_add',
  '(?:add|mod)_timer',
  'timer_reduce',
  'hrtimer_(?:re)?start',
  'call_s?rcu',
].join('|');

/**
 * Matches the whole name of a call that puts an object where others find it, or schedules something that uses it; those of {@link listings}
 * included.
 */
export const linking = new RegExp(
  String.raw`^(list_(add|move|splice)\w*|hlist_add\w*|hash_add\w*|rb_link_node\w*|rb_insert\w*|rb_add\w*|llist_add\w*|idr_alloc\w*|xa_(store|insert|cmpxchg|alloc)\w*|radix_tree_insert|rhashtable_\w*insert\w*|rhltable_insert\w*|mtree_(store|insert|alloc)\w*|mas_store\w*|interval_tree_insert|schedule_\w*work\w*|kref_get\w*|fd_install|dev_set_drvdata|\w+_set_drvdata|INIT_WORK|timer_setup|rcu_assign_pointer|wait_(for_completion|event)\w*|(?:${scheduling})\w*)$`,
);

/** Of those, the ones that add to a list whose head is their second argument: include/linux/list.h, rculist.h. */
export const headedListing = /^list_add(?:_tail)?(?:_rcu)?$/;

/** Of those, the ones that leave an object on a list whose head is their second argument, wherever it was before. */
export const headedPutting = /^list_(?:add|move)(?:_tail)?(?:_rcu)?$/;

/** Of those, the ones that move all objects of a list, their first argument, to another place. */
export const splicing = /^list_splice\w*$/;

/** Of those, the ones that only say which function will be called with an object, once somebody schedules it. */
export const preparing = /^(?:INIT_(?:DELAYED_)?WORK|timer_setup)$/;

/** Matches such calls in the text of a function. */
export const linkingText = new RegExp(
  String.raw`\b(list_add|list_move|hlist_add|hash_add|rb_insert|rb_link|rb_add|llist_add|idr_alloc|xa_store|xa_insert|xa_cmpxchg|xa_alloc|radix_tree_insert|rhashtable_\w*insert|rhltable_insert|mtree_store|mtree_insert|mtree_alloc|mas_store|interval_tree_insert|schedule_|set_drvdata|fd_install|rcu_assign_pointer|kref_|${scheduling})`,
);

/**
 * Matches `list_add(&chunk->list, &owner->chunks);`, `xa_store(&owner->chunks, ...)`, `rb_insert_color(&chunk->node, &owner->chunks)` in
 * the text of a function. The group is the field in which others find the objects, `chunks`.
 */
export const addText =
  /\b(?:(?:list_add(?:_tail)?|rb_insert_color(?:_cached)?)\s*\([^;]*,\s*&|(?:xa_(?:store|insert|cmpxchg|alloc)|idr_alloc|mtree_(?:store|insert)|radix_tree_insert|rhashtable_insert)\w*\s*\(\s*&|hash_add\s*\(\s*)[^;,]*?(?:->|\.)(\w+)\s*[,)]/g;

/** A pattern for the text before an array that a call empties: it frees the array's own memory, not the entries. lib/xarray.c, lib/idr.c */
export const emptyingText = String.raw`\b(?:xa|idr)_destroy\s*\([^;()]*`;
