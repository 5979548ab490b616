/** What is known of the lines of the events in a batch: kind, pool, and the capacity as the facts so far have made it. */
import { type Fact, heldMovements, type Item, type Movement, movements } from '../../domain/facts.ts';
import type { LineId } from '../../domain/ids.ts';
import type { LineRow } from '../../persistence/queries/journal-lines.ts';

export type KnownLine = { kind: 'tier' | 'pool'; pool: LineId | null; capacity: number };

export class KnownLines {
  private readonly lines = new Map<LineId, KnownLine>();
  private readonly poolOf = (tier: LineId) => this.lines.get(tier)?.pool ?? null;
  private readonly capacityOf = (line: LineId) => this.lines.get(line)?.capacity ?? 0;

  constructor(rows: LineRow[]) {
    for (const { line, kind, pool, capacity } of rows) {
      this.lines.set(line as LineId, { kind, pool: pool as LineId | null, capacity });
    }
  }

  kindOf(line: LineId): 'tier' | 'pool' {
    return this.lines.get(line)?.kind ?? 'tier';
  }

  /** The movements of the next fact. What it opens is not one: the row of an opened line is written as it opened. */
  next(fact: Fact): Movement[] {
    if (fact.kind === 'opened') {
      for (const { line, kind, pool, capacity } of fact.lines) this.lines.set(line, { kind, pool, capacity });
      return [];
    }
    const moved = movements(fact, this.poolOf, this.capacityOf);
    for (const move of moved) {
      if (move.capacity === 0) continue;
      const line = this.lines.get(move.line);
      if (line !== undefined) line.capacity += move.capacity;
    }
    return moved;
  }
  /** Those of facts that only hold these items. */
  held(items: Item[]): Movement[] {
    return heldMovements(items, this.poolOf);
  }
}
