/** The bulk statement that writes hold rows keeps the promise of the foreign key it does without. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/support/database.ts';
import { makeEvent } from '../../test/support/sql-event.ts';
import type { LineId } from '../domain/ids.ts';
import { type Database, inTransaction, openDatabase } from './database.ts';
import { beginHolds, type HoldBirth } from './queries/journal-holds.ts';

let client: pg.Client;
let db: Database;

beforeAll(async () => {
  const url = await freshDatabase();
  client = new pg.Client(url);
  await client.connect();
  db = openDatabase({ url });
});

afterAll(async () => {
  await client?.end();
  await db?.close();
});

function birth(event: string, tier: string): HoldBirth {
  return {
    hold: randomUUID(),
    event,
    buyer: randomUUID(),
    user: null,
    items: [{ tier: tier as LineId, quantity: 1, price: 100 }],
    status: 'active',
    paying: false,
    order: null,
    heldAt: Date.now(),
    deadline: Date.now() + 60_000,
    ttlMs: 60_000,
    extensions: 0,
    heldVersion: 1,
    endedAt: null,
    endedVersion: null,
  };
}

describe('hold rows', () => {
  test('begin only when their tier is one of their event', async () => {
    const one = await makeEvent(client, { quantities: [5] });
    const other = await makeEvent(client, { quantities: [5] });
    const begin = (tier: string) =>
      inTransaction(db, { role: 'worker' }, (tx) => beginHolds(tx, [birth(one.event, tier)], 'first'));
    expect(await begin(one.tiers[0] as string)).toBe(true);
    expect(await begin(other.tiers[0] as string)).toBe(false);
    expect(await begin(randomUUID())).toBe(false);
  });
});
