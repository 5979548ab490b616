/** A list in parts of at most `partMax`, in its order; none of an empty one. */
export function inParts<Item>(items: readonly Item[], partMax: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / partMax) }, (_, part) =>
    items.slice(part * partMax, (part + 1) * partMax),
  );
}
