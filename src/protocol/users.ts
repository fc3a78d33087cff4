/** Users of an object: how many there are, and who gives it up. */

/**
 * `refcount_dec()` is for a count that stays above zero: where it was the last one, the count is saturated from then on (lib/refcount.c,
 * `REFCOUNT_DEC_LEAK`), and `refcount_read()` says that there are users for ever.
 */
export const saturating: { lowers: string; asks: string; header: string; marker: string } = {
  lowers: 'refcount_dec',
  asks: 'refcount_read',
  header: 'include/linux/refcount.h',
  // Before 5.5 a count that nobody checks came to zero.
  marker: 'REFCOUNT_SATURATED',
};

/** Calls that give up an object by a member of it, and end the object by what its type was registered with: include/linux/device.h, kobject.h. */
export const memberPut = /^(put_device|device_unregister|kobject_put|\w+_object_put)$/;

/** In the text of a function that gives up its own reference on an object: the last one ends it. */
export const puttingText = /\b(kref_put\w*|put_device|device_unregister|kobject_put)\s*\(/;

/** In the name of a call that lets only one in at a time, or only where somebody still uses the object. */
export const exclusiveName = /test_and_set|cmpxchg|xchg|busy|_inc_not_zero/;

/** In the name of a call that asks how an object stands: how many use it, which of its bits are set. */
export const stateTestName = /refcount|kref|atomic|_test_|test_bit|test_and_clear_bit/;

/** Of those, one that only looks: include/linux/bitops.h, atomic.h, refcount.h, kref.h. */
export const stateReading = /^(test_bit(_acquire)?|(atomic|atomic64|atomic_long|refcount|kref)_read)$/;

/** From a member to the struct around it: include/linux/container_of.h; and a driver's own macro or function that does nothing else. */
export const containerOf = /^container_of\w*$/;
export const containerMacro = /^#\s*define\s+\w+\([^)]*\)[\s\\(]*container_of\w*\s*\(/;
export const containerBody = /^\{\s*return\s+container_of\w*\s*\([^;]*;\s*\}\s*$/;

/** Types of members that count an object's users: include/linux/kref.h, refcount_types.h, types.h. */
export const userCount = /^(kref|refcount_t|refcount_struct|atomic_t|atomic64_t|percpu_ref)$/;

/** A call that gives up a reference on an object, and is given what ends it: include/linux/kref.h. */
export const puttingCall = /^kref_put(_\w+)?$/;

/** Calls that wait until somebody says that he is done, whatever comes: include/linux/completion.h, wait.h. */
export const untilDone: ReadonlySet<string> = new Set([
  'wait_for_completion',
  'wait_for_completion_io',
  'wait_event',
  'io_wait_event',
  'wait_event_lock_irq',
]);

/** In the text of a function: it gives up one use of an object, and asks whether that was the last. include/linux/refcount.h, atomic */
export const userLowering = /\b(?:refcount|atomic\w*)_(?:dec|sub)_and_\w*(?:test|lock)\w*\s*\(/;

/** Calls that count one more, and the same in the text of a function. include/linux/kref.h, too */
export const raisingName = /^(?:(?:refcount|atomic\w*)_(?:inc|add)\w*|kref_get\w*)$/;
export const raisingText = /\b(?:(?:refcount|atomic\w*)_(?:inc|add)\w*|kref_get\w*)\s*\(/;

/** The struct of the address space that a call takes pages of, and the call that makes a new one, in which nobody runs yet: kernel/fork.c */
export const addressSpace = { tag: 'mm_struct', made: 'mm_alloc' } as const;
