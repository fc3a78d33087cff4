/** The edit distance of two texts: how many letters must be inserted, removed or changed. */
export function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, n) => n);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const changed = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}

/** The candidates most like `text`: those that contain it first, then by distance; at most `most`. */
export function closest(text: string, candidates: readonly string[], most = 5): string[] {
  // A longer id is no typing error, and the time grows with the product of the lengths.
  const wanted = text.slice(0, 300);
  return candidates
    .map((candidate) => ({
      candidate,
      contains: wanted !== '' && candidate.includes(wanted),
      distance: distance(wanted, candidate.slice(0, 300)),
    }))
    .sort((a, b) => Number(b.contains) - Number(a.contains) || a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, most)
    .map((scored) => scored.candidate);
}
