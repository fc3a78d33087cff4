/** How drivers name what a function does to an object: a convention, no rule, so that it decides only where nothing else does. */

/** A function that gives up pages which it is handed. */
export const droppingName = /(^|_)(put|unpin|unref|drop|unget)(_|$)/;

/** A function that ends an object. */
export const endingName = /(^|_)(free|release|destroy|remove|fini|cleanup|teardown|deinit|dereg|exit)(_|$)/;

/** One that gives a new object. */
export const makingName = /alloc|create|new|dup/;

/** Calls that give the number of something that is free: include/linux/find.h, bitmap.h, idr.h. */
export const choosingName = /^(find_(first|next)_zero_bit\w*|bitmap_find_\w+|ffz|ida_(alloc|simple_get)\w*|idr_alloc\w*)$/;

/** One that gives an object that was not there before, or none: it holds nothing yet. */
export const freshName = /alloc|create|new|dup|init|ERR_PTR/;

/** One that says of a member which function it will call, and calls none yet: `INIT_WORK(&obj->work, obj_done)`. */
export const preparingName = /(^|_)(init|setup)(_|$)/i;

/** One that answers requests of user space. */
export const requestName = /ioctl/;

/** Members of a `struct file_operations` by which user space asks, once and again: include/linux/fs.h. */
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

/** One that does nothing to the object that it is about on the way out: it unlocks, or prints. */
export const idleName = /unlock|^up(_|$)|print|_(err|warn|dbg|info)(_|$)/i;

/** One that puts an object back from where it was taken: under a lock, to a list. */
export const puttingBackName = /lock|^(?:list|hlist|hash)_add/;

/** One that changes a number of users; what is not yet zero then has not failed. */
export const countingName = /atomic|refcount|kref|dec/;

/** In the text of a function: it may wait for what others still do to an object. */
export const waitingText = /(?:^|[\W_])(?:flush|cancel|wait|drain|stop|sync|quiesce|disable)\w*\s*\(/;

/** One that tells of an error, or asks whether there is one, and does nothing about it. */
export const tellingName = /^(IS_ERR|PTR_ERR|WARN|dev_|pr_|printk)/;

/** One that wakes who waits for an object, or has it seen to by somebody else. */
export const wakingName = /^(complete|wake_up|up)(_|$)|schedule|queue|signal|notify/;

/** One that gives up a user's reference on an object. */
export const puttingName = /put/;

/** One that prints. What warns of what must not be is no answer to what may. */
export const printingName = /print|(^|_)(err|error|warn|warning|c?dbg|debug|info|notice|alert|crit|emerg)(_(?!ON)|$)/i;

/** In the text of a function: it brings a device to rest by force. */
export const haltingText = /(?:^|[\W_])(?:reset|halt|abort|poison|quiesce)\w*\s*\(/;
