/** Objects of one kind in the order they were made, found by id or by what they belong to. */

export type Row = { id: string };
export type Belongs<T> = (row: T) => string | null | undefined;

export class Table<T extends Row> {
  readonly name: string;
  /** Called for each object that is new or has changed. */
  onChange: ((table: string, row: T) => void) | undefined;
  readonly #rows: T[] = [];
  readonly #places = new Map<string, number>();
  readonly #belongs: Record<string, Belongs<T>>;
  readonly #groups = new Map<string, T[]>();

  /** `belongs`: names under which rows are looked up, e.g. `payment_intent`. */
  constructor(name: string, belongs: Record<string, Belongs<T>> = {}) {
    this.name = name;
    this.#belongs = belongs;
  }

  /** Adds a row, or notes that a known one has changed. */
  put(row: T): T {
    if (!this.#places.has(row.id)) this.#places.set(row.id, this.#rows.push(row) - 1);
    for (const [name, of] of Object.entries(this.#belongs)) {
      const owner = of(row);
      if (!owner) continue;
      const key = `${name} ${owner}`;
      const group = this.#groups.get(key);
      if (group === undefined) this.#groups.set(key, [row]);
      else if (!group.includes(row)) group.push(row);
    }
    this.onChange?.(this.name, row);
    return row;
  }

  get(id: string): T | undefined {
    const place = this.#places.get(id);
    return place === undefined ? undefined : this.#rows[place];
  }

  remove(id: string): void {
    const place = this.#places.get(id);
    if (place === undefined) return;
    this.#rows.splice(place, 1);
    this.#places.delete(id);
    for (let at = place; at < this.#rows.length; at += 1) this.#places.set(this.#rows[at]!.id, at);
    for (const group of this.#groups.values()) {
      const index = group.findIndex((row) => row.id === id);
      if (index !== -1) group.splice(index, 1);
    }
  }

  /** Oldest first. */
  of(name: string, owner: string): readonly T[] {
    return this.#groups.get(`${name} ${owner}`) ?? [];
  }

  /** Oldest first. */
  all(): readonly T[] {
    return this.#rows;
  }

  /** Where a row stands among all, or undefined. */
  place(id: string): number | undefined {
    return this.#places.get(id);
  }
}
