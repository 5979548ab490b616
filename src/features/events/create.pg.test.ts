/** Events of one millisecond: each gets 64 bits of its own, and a repeated operation finds the event it made. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { admin, decided } from '../../../test/support/client.ts';
import { freshDatabase } from '../../../test/support/database.ts';
import { type Site, startSite } from '../../../test/support/site.ts';
import { derivedUuid, eventPrefix, type OpId } from '../../domain/ids.ts';
import { create, createInput, eventIdFor } from './create.ts';

let site: Site;
beforeAll(async () => {
  site = await startSite(await freshDatabase());
});
afterAll(async () => {
  await site?.stop();
  expect(site.errors).toEqual([]);
});

const about = {
  name: 'Same moment',
  startsAt: '2031-01-01T20:00:00Z',
  currency: 'EUR',
  pools: [{ ref: 'room', name: 'Room', capacity: 10 }],
  tiers: [{ name: 'Floor', price: 100, capacity: 10, pool: 'room' }],
};
const input = createInput.parse(about);
const firstAt = Date.parse('2030-01-01T00:00:00Z');

/** Names, as many as asked for, whose operations draw the same 12 bits. */
function alike(count: number, opOf: (name: string) => OpId): string[] {
  const names = new Map<string, string[]>();
  for (let number = 0; ; number++) {
    const bits = eventPrefix(eventIdFor(opOf(`name-${number}`), 0));
    const found = [...(names.get(bits) ?? []), `name-${number}`];
    if (found.length === count) return found;
    names.set(bits, found);
  }
}

const opOf = (name: string) => derivedUuid('0000000000008000', 'test', name) as OpId;

test('events that draw the same bits in one millisecond are all made, at once or one after the other', async () => {
  const ops = alike(8, opOf).map(opOf);
  const created = await Promise.all(ops.map((op) => create(site.ctx, input, op, firstAt)));
  const made = created.map(({ record }) => record);
  expect(new Set(made.map(({ event }) => eventPrefix(event))).size).toBe(8);
  for (const { lines } of made) expect(lines.map(({ kind }) => kind).sort()).toEqual(['pool', 'tier']);
  // The milliseconds behind the first, without a gap.
  const times = made.map(({ event }) => Number.parseInt(event.replace('-', '').slice(0, 12), 16) - firstAt);
  expect(times.sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  const again = [];
  for (const op of ops) again.push(await create(site.ctx, input, op, firstAt));
  expect(again).toEqual(made.map((record) => ({ record, made: false })));
});

test('an operation that is carried out twice at the same moment makes one event', async () => {
  const ops = Array.from({ length: 100 }, (_, number) => opOf(`twice ${number}`));
  for (const op of ops) {
    const all = await Promise.all(
      Array.from({ length: 8 }, () => create(site.ctx, input, op, firstAt + 1_000)),
    );
    expect(new Set(all.map(({ record }) => record.event)).size).toBe(1);
    expect(all.filter(({ made }) => made)).toHaveLength(1);
  }
});

test('more of them than there is room for are an error, not a search without end', async () => {
  const ops = alike(9, (name) => opOf(`many ${name}`)).map((name) => opOf(`many ${name}`));
  const outcomes = [];
  for (const op of ops) outcomes.push(await create(site.ctx, input, op, firstAt + 2_000).catch(String));
  expect(outcomes.filter((outcome) => typeof outcome !== 'string')).toHaveLength(8);
  expect(outcomes.at(-1)).toMatch(/events_id_prefix/);
});

test('the bits are drawn evenly: a thousand events of one millisecond have most of them for themselves', () => {
  const prefixes = Array.from({ length: 1_000 }, (_, number) =>
    eventPrefix(eventIdFor(opOf(`even ${number}`), firstAt)),
  );
  // Of 4,096 values a thousand draws hit 887 on average.
  expect(new Set(prefixes).size).toBeGreaterThan(850);
});

test('an organizer who creates many events at once is answered 201 for each', async () => {
  // A busy machine may say 503 for want of a connection: the same request again is the same event.
  const createOne = () => {
    const key = randomUUID();
    return decided(() => admin(site, 'POST', '/events', about, key));
  };
  const replies = await Promise.all(Array.from({ length: 150 }, createOne));
  expect(replies.filter(({ status }) => status !== 201).map(({ text }) => text)).toEqual([]);
  expect(new Set(replies.map(({ body }) => eventPrefix(body.id.slice('evt_'.length)))).size).toBe(150);
});
