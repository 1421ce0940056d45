/** How much one request carries at most, so that it stays below the limits of the other side. */
export const BATCH = { items: 1000, characters: 512 * 1024 } as const;

/**
 * How many of the texts, from `start` on, go into the next request.
 * @returns at least 1, as long as there is one
 */
export function batchLength(texts: readonly string[], start = 0): number {
  const most = Math.min(texts.length - start, BATCH.items);
  let characters = 0;
  for (let count = 0; count < most; count += 1) {
    characters += texts[start + count]?.length ?? 0;
    if (characters > BATCH.characters && count > 0) return count;
  }
  return most;
}
