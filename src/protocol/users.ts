/** Reference counts of objects: calls that raise, lower and test the number of users. */

/**
 * `refcount_dec()` is for a count that stays above zero. If it drops the last reference, the count is saturated (lib/refcount.c,
 * `REFCOUNT_DEC_LEAK`), and `refcount_read()` reports users forever.
 */
export const saturating: { lowers: string; asks: string; header: string; marker: string } = {
  lowers: 'refcount_dec',
  asks: 'refcount_read',
  header: 'include/linux/refcount.h',
  // A header without this name is from before 5.5, when a count without a check came to zero.
  marker: 'REFCOUNT_SATURATED',
};

/** For each call that reads a count of users, the one that lowers such a count and tells nothing: include/linux/refcount.h, atomic */
export const untestedLowering: ReadonlyMap<string, string> = new Map([
  [saturating.asks, saturating.lowers],
  ['atomic_read', 'atomic_dec'],
  ['atomic64_read', 'atomic64_dec'],
  ['atomic_long_read', 'atomic_long_dec'],
]);

/**
 * Matches calls that drop a reference on an object by a member of it; the type that it is registered with ends it: include/linux/device.h,
 * kobject.h.
 */
export const memberPut = /^(put_device|device_unregister|kobject_put|\w+_object_put)$/;

/** Matches in the text of a function that drops its own reference on an object; the last one ends the object. */
export const puttingText = /\b(kref_put\w*|put_device|device_unregister|kobject_put)\s*\(/;

/** Matches in the name of a call that only one caller passes at a time, or only while the object still has users. */
export const exclusiveName = /test_and_set|cmpxchg|xchg|busy|_inc_not_zero/;

/** Matches in the name of a call that tests the state of an object: its count of users, its bits. */
export const stateTestName = /refcount|kref|atomic|_test_|test_bit|test_and_clear_bit/;

/** Of those, the ones that only read: include/linux/bitops.h, atomic.h, refcount.h, kref.h. */
export const stateReading = /^(test_bit(_acquire)?|(atomic|atomic64|atomic_long|refcount|kref)_read)$/;

/** Matches the call from a member to the struct around it: include/linux/container_of.h. */
export const containerOf = /^container_of\w*$/;
/** Matches a driver's macro that only does the same. */
export const containerMacro = /^#\s*define\s+\w+\([^)]*\)[\s\\(]*container_of\w*\s*\(/;
/** Matches the body of a function that only does the same. */
export const containerBody = /^\{\s*return\s+container_of\w*\s*\([^;]*;\s*\}\s*$/;

/** Matches types of members that count an object's users: include/linux/kref.h, refcount_types.h, types.h. */
export const userCount = /^(kref|refcount_t|refcount_struct|atomic_t|atomic64_t|percpu_ref)$/;

/** Matches a call that drops a reference on an object, and is given the function that ends it: include/linux/kref.h. */
export const puttingCall = /^kref_put(_\w+)?$/;

/** Calls that wait for others without limit, and cannot be interrupted: include/linux/completion.h, wait.h. */
export const untilDone: ReadonlySet<string> = new Set([
  'wait_for_completion',
  'wait_for_completion_io',
  'wait_event',
  'io_wait_event',
  'wait_event_lock_irq',
]);

/** Matches in the text of a function that drops one use of an object and tests whether it was the last: include/linux/refcount.h, atomic */
export const userLowering = /\b(?:refcount|atomic\w*)_(?:dec|sub)_and_\w*(?:test|lock)\w*\s*\(/;

/** Matches calls that add a user: include/linux/refcount.h, atomic, kref.h */
export const raisingName = /^(?:(?:refcount|atomic\w*)_(?:inc|add)\w*|kref_get\w*)$/;
/** Matches such calls in the text of a function. */
export const raisingText = /\b(?:(?:refcount|atomic\w*)_(?:inc|add)\w*|kref_get\w*)\s*\(/;

/**
 * Tag of the struct of an address space that pages are taken from, and the call that makes a new one, in which nothing runs yet:
 * kernel/fork.c
 */
export const addressSpace = { tag: 'mm_struct', made: 'mm_alloc' } as const;
