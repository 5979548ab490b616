/** Which commands met which states, and how they were answered: a walk that never goes somewhere proves nothing there. */
export class Coverage {
  readonly #counts = new Map<string, Map<string, number>>();

  count(row: string, column: string): void {
    const columns = this.#counts.get(row) ?? new Map<string, number>();
    columns.set(column, (columns.get(column) ?? 0) + 1);
    this.#counts.set(row, columns);
  }

  has(row: string, column: string): boolean {
    return (this.#counts.get(row)?.get(column) ?? 0) > 0;
  }

  missing(rows: readonly string[], columns: readonly string[]): string[] {
    return rows.flatMap((row) =>
      columns.filter((column) => !this.has(row, column)).map((column) => `${row} x ${column}`),
    );
  }

  /** One line a row: `reserve: active 812, due 77, ...`. */
  toString(): string {
    return [...this.#counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([row, columns]) => {
        const cells = [...columns]
          .sort(([, a], [, b]) => b - a)
          .map(([column, count]) => `${column} ${count}`);
        return `  ${row}: ${cells.join(', ')}`;
      })
      .join('\n');
  }
}
