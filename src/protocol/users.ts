/** Counts of an object's users: include/linux/refcount.h. */

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
