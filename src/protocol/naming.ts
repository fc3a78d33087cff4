/**
 * How drivers name functions by what they do to an object. This is a convention, not a rule, so it decides only where nothing else does.
 */

/** Matches the name of a function that drops pages which it is given. */
export const droppingName = /(^|_)(put|unpin|unref|drop|unget)(_|$)/;

/** Matches the name of a function that ends an object. */
export const endingName = /(^|_)(free|release|destroy|remove|fini|cleanup|teardown|deinit|dereg|exit)(_|$)/;

/** Matches the name of a function that returns a new object. */
export const makingName = /alloc|create|new|dup/;

/** Matches calls that return the number of a free entry: include/linux/find.h, bitmap.h, idr.h. */
export const freeEntryName = /^(find_(first|next)_zero_bit\w*|bitmap_find_\w+|ffz|ida_(alloc|simple_get)\w*|idr_alloc\w*)$/;

/** Matches the name of a function that returns a new object which holds nothing yet, or none. */
export const freshName = /alloc|create|new|dup|init|ERR_PTR/;

/** Matches the name of a function that only notes in a member which function to call later: `INIT_WORK(&obj->work, obj_done)`. */
export const preparingName = /(^|_)(init|setup)(_|$)/i;

/** Matches the name of a function that answers requests from user space. */
export const requestName = /ioctl/;

/** Members of `struct file_operations` that user space can call again and again: include/linux/fs.h. */
export const requestMembers: readonly string[] = [
  'unlocked_ioctl',
  'compat_ioctl',
  'uring_cmd',
  'write',
  'write_iter',
  'read',
  'read_iter',
  'mmap',
  'splice_write',
];

/** Matches the name of a function that does nothing to an object on an error path: it unlocks, or prints. */
export const printOrUnlockName = /unlock|^up(_|$)|print|_(err|warn|dbg|info)(_|$)/i;

/** Matches the name of a function that may put an object back where it was taken from: that locks, or adds to a list. */
export const puttingBackName = /lock|^(?:list|hlist|hash)_add/;

/** Matches calls that no page passes through but that change the object whose member they are given: lists, counts, plain memory. */
export const memberChangingCall = /^(list_|hlist_|rb_|atomic|refcount|kref|xchg|cmpxchg|test_and|memset|memzero)/;

/** Matches the name of a function that changes a count of users. A count that is not zero yet is no failure. */
export const countingName = /atomic|refcount|kref|dec/;

/** Matches in the text of a function that may wait for what others still do to an object. */
export const waitingText = /(?:^|[\W_])(?:flush|cancel|wait|drain|stop|sync|quiesce|disable)\w*\s*\(/;

/** Matches the name of a function that reports an error, or tests for one, and does nothing about it. */
export const reportingName = /^(IS_ERR|PTR_ERR|WARN|dev_|pr_|printk)/;

/** Matches the name of a function that wakes up those who wait for an object, or schedules work on it. */
export const wakingName = /^(complete|wake_up|up)(_|$)|schedule|queue|signal|notify/;

/** Matches the name of a function that drops a user's reference on an object. */
export const puttingName = /put/;

/** Matches the name of a function that prints. Assertions such as WARN_ON() do not count. */
export const printingName = /print|(^|_)(err|error|warn|warning|c?dbg|debug|info|notice|alert|crit|emerg)(_(?!ON)|$)/i;

/** Matches in the text of a function that stops a device by force. */
export const haltingText = /(?:^|[\W_])(?:reset|halt|abort|poison|quiesce)\w*\s*\(/;
