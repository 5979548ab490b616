/** Percentiles and medians of small samples; a median of rounds is what every figure here is. */

export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** Nearest rank: a value that was measured, never one between two. NaN for no values. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = Float64Array.from(values).sort();
  const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
