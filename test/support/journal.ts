/** Journals for tests: facts spelled as the scripts spell them, and a partition that is open in Postgres. */
import type { Redis } from 'ioredis';
import type { Fact } from '../../src/domain/facts.ts';
import type { UserId } from '../../src/domain/ids.ts';
import { journalKey } from '../../src/inventory/keys.ts';
import { type Database, inTransaction } from '../../src/persistence/database.ts';

const shortNames: Record<string, string> = {
  version: 'v',
  op: 'o',
  actor: 'c',
  reason: 'r',
  hold: 'h',
  buyer: 'b',
  deadline: 'd',
  ttlMs: 'l',
  extensions: 'x',
  order: 'y',
};

function short(fact: Fact): Record<string, unknown> {
  // The kind comes first, as every script has it: what reserves write is read byte by byte.
  const names: Record<string, unknown> = { k: fact.kind };
  for (const [name, value] of Object.entries(fact)) {
    if (name === 'event' || name === 'at' || name === 'kind') continue;
    if (name === 'items')
      names['i'] =
        fact.kind &&
        (value as { tier: string; quantity: number; price: number }[]).map((item) => [
          item.tier,
          item.quantity,
          item.price,
        ]);
    else if (name === 'after')
      names['a'] = fact.after.map((c) => [c.line, c.capacity, c.held, c.sold, c.withheld]);
    else if (name === 'late') names['w'] = value ? 1 : 0;
    else names[shortNames[name] ?? name] = value;
  }
  return names;
}

/** Fields of one entry. All facts of an entry are of one event and one moment. */
export function entryFields(facts: Fact[], users?: (UserId | null)[]): string[] {
  const [first] = facts;
  if (first === undefined) throw new Error('an entry has at least one fact');
  const fields = ['e', first.event, 't', String(first.at), 'f', JSON.stringify(facts.map(short))];
  return users ? [...fields, 'u', users.map((user) => user ?? '-').join(' ')] : fields;
}

/** One entry a fact, numbered from `entry` on. */
export async function append(
  redis: Redis,
  at: { partition: number; epoch?: number; entry?: number },
  facts: Fact[],
  users: (UserId | null)[] = [],
): Promise<void> {
  const { partition, epoch = 1, entry = 1 } = at;
  for (let from = 0; from < facts.length; from += 1000) {
    const pipeline = redis.pipeline();
    facts.slice(from, from + 1000).forEach((fact, index) => {
      const n = from + index;
      const fields = entryFields([fact], users[n] ? [users[n]] : undefined);
      pipeline.xadd(journalKey(partition), `${epoch}-${entry + n}`, ...fields);
    });
    for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error;
  }
}

/** The partition's watermark, open at the beginning of this epoch. */
export async function openPartition(db: Database, partition: number, epoch = 1): Promise<void> {
  await inTransaction(db, { role: 'worker' }, (tx) =>
    tx
      .insertInto('ticketing.journal_watermarks')
      .values({ partition, epoch, entry: 0, opened: true })
      .onConflict((conflict) => conflict.column('partition').doUpdateSet({ epoch, entry: 0, opened: true }))
      .execute(),
  );
}

/** The event's row, as an organizer's publish leaves it. */
export async function insertEvent(db: Database, id: string): Promise<void> {
  await inTransaction(db, { role: 'app' }, (tx) =>
    tx
      .insertInto('events.events')
      .values({ id, name: 'A show', start_at: new Date('2027-01-01') })
      .execute(),
  );
}
