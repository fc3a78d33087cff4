/** Answers that are worked out once for an object. */

/** A function that works its answer out once for each first argument, as long as that lives; what else it is given belongs to that. */
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
