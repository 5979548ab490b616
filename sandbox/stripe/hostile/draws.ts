/**
 * Reproducible chance. A draw depends on the seed, on what is drawn for, and on how often that was drawn for before; never on
 * what other calls do at the same time. So the same seed and the same orders meet the same faults, in whatever
 * order they happen to arrive.
 */
export class Draws {
  readonly #seed: number;
  readonly #counts = new Map<string, number>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** At least 0 and below 1. */
  next(label: string): number {
    const count = this.#counts.get(label) ?? 0;
    this.#counts.set(label, count + 1);
    return hash(`${this.#seed} ${count} ${label}`) / 2 ** 32;
  }
}

/** FNV-1a, with the last mixing of MurmurHash3: neighbors differ in all bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
