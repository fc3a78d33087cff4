/** Results that are worked out once per object. */

/**
 * Returns a function that works out its result once for each first argument, for as long as that object lives. The other arguments must
 * always be the same for it.
 */
export function remembered<Of extends object, With extends readonly unknown[], Answer>(
  make: (of: Of, ...more: With) => Answer,
): (of: Of, ...more: With) => Answer {
  const known = new WeakMap<Of, { answer: Answer }>();
  return (of, ...more) => {
    let found = known.get(of);
    if (!found) {
      found = { answer: make(of, ...more) };
      known.set(of, found);
    }
    return found.answer;
  };
}
