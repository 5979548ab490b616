/** Events on the whole stack without HTTP: the row in Postgres, then the stock in Redis, as publish does it. */
import type { Sale } from '../../src/domain/facts.ts';
import { type EventId, type LineId, type OpId, partitionOf } from '../../src/domain/ids.ts';
import { inTransaction } from '../../src/persistence/database.ts';
import { insertEvent, markOpened } from '../../src/persistence/queries/new-events.ts';
import { freshId, newReserve, onSale } from './inventory-bed.ts';
import { partitions, type Stack } from './stack.ts';

export type StackEvent = { event: EventId; tier: LineId; partition: number };

export async function openStackEvent(stack: Stack, sale: Partial<Sale>, units: number): Promise<StackEvent> {
  const event = freshId() as EventId;
  const tier = freshId() as LineId;
  const partition = partitionOf(event, partitions);
  const about = {
    name: 'Benchmark',
    venue: '',
    startsAt: 4_200_000_000_000,
    timeZone: 'UTC',
    currency: 'EUR',
  };
  const whole: Sale = { ...onSale, ...sale };
  await inTransaction(stack.db, { role: 'app' }, (tx) =>
    insertEvent(tx, { ...about, event, sale: { ...whole, state: 'draft' } }),
  );
  await inTransaction(stack.db, { role: 'worker' }, (tx) => markOpened(tx, event, partition));
  const line = {
    line: tier,
    kind: 'tier',
    pool: null,
    capacity: units,
    price: 5_000,
    buyerLimit: 4,
  } as const;
  const opened = await stack.inventory.open({ event, op: freshId() as OpId, lines: [line], sale: whole });
  if (opened.status !== 'opened') throw new Error(`the event was not opened: ${opened.status}`);
  await stack.applied();
  return { event, tier, partition };
}

const batch = 32;
const inFlight = 4;

/** Makes this many holds of one unit, as fast as Redis takes them. */
export async function fill(stack: Stack, { event, tier }: StackEvent, holds: number): Promise<void> {
  let left = holds;
  const lane = async () => {
    while (left > 0) {
      const size = Math.min(batch, left);
      left -= size;
      const answers = await Promise.all(
        Array.from({ length: size }, () => stack.inventory.reserve(newReserve(event, tier))),
      );
      const refused = answers.find(({ status }) => status !== 'held');
      if (refused) throw new Error(`a reserve was refused: ${refused.status}`);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
}
