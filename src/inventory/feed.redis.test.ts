/** The feed on a real Redis: what is read when, and how often. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../../test/support/holdfast.ts';
import { startInventories, type TestInventories, testEpoch } from '../../test/support/redis-harness.ts';
import type { BuyerId, EventId, HoldId, LineId, OpId, UserId } from '../domain/ids.ts';
import { createEpochs, type Epochs } from './epochs.ts';
import { createFeed, type Feed, type Snapshot, watchedMax } from './feed.ts';
import type { Inventory } from './inventory.ts';

const partitions = 4;
const tickMs = 40;
let stores: TestInventories;
let inventory: Inventory;
let epochs: Epochs;

beforeAll(async () => {
  stores = await startInventories(partitions);
  inventory = stores.harness().inventory;
  const all = Array.from({ length: partitions }, (_, partition) => [partition, testEpoch] as const);
  epochs = createEpochs(
    async () => new Map(all),
    () => undefined,
  );
  await epochs.refresh();
});
afterAll(() => stores?.stop());

const fresh = <Id extends string>() => `01${randomUUID().slice(2)}` as Id;
const sale = {
  state: 'on_sale',
  opensAt: 0,
  closesAt: 0,
  holdTtlMs: 900_000,
  buyerLimit: 0,
  extensionsMax: 1,
  extensionMs: 1_000,
  extensionWindowMs: 1_000,
} as const;

async function opened(): Promise<{ event: EventId; take(): Promise<void> }> {
  const event = fresh<EventId>();
  const line = fresh<LineId>();
  const tier = { line, kind: 'tier', pool: null, capacity: 1_000, price: 1, buyerLimit: 0 } as const;
  await inventory.open({ event, op: fresh<OpId>(), lines: [tier], sale });
  return {
    event,
    async take() {
      const who = { buyer: fresh<BuyerId>(), user: fresh<UserId>(), hold: fresh<HoldId>() };
      const { status } = await inventory.reserve({ event, ...who, items: [{ tier: line, quantity: 1 }] });
      expect(status).toBe('held');
    },
  };
}

/** A feed whose reads are counted. */
function feeding(): { feed: Feed; reads: EventId[]; errors: unknown[] } {
  const reads: EventId[] = [];
  const errors: unknown[] = [];
  const feed = createFeed({
    redis: stores.redis,
    epochs,
    partitions,
    tickMs,
    inventory: {
      snapshot(cmd) {
        reads.push(cmd.event);
        return inventory.snapshot(cmd);
      },
    },
    onError: (error) => errors.push(error),
  });
  return { feed, reads, errors };
}

function listener() {
  const seen: Snapshot[] = [];
  return {
    seen,
    snapshot: (snapshot: Snapshot) => void seen.push(snapshot),
    stale: () => undefined,
    gone: () => undefined,
  };
}

test('reads at once, then until the version has stood still for two ticks, then hardly; only who moved is read', async () => {
  const { feed, reads, errors } = feeding();
  const [busy, quiet] = [await opened(), await opened()];
  const [one, other] = [listener(), listener()];
  feed.watch(busy.event, one);
  feed.watch(quiet.event, other);
  const readsOf = ({ event }: { event: EventId }) => reads.filter((id) => id === event).length;
  await eventually('both are still', () => readsOf(busy) === 3 && readsOf(quiet) === 3);
  await pause(5 * tickMs);
  expect([readsOf(busy), readsOf(quiet)]).toEqual([3, 3]);
  await busy.take();
  // Long before it would have been read anyway.
  await eventually('the change is read', () => one.seen.at(-1)?.lines[0]?.held === 1, 3_000);
  await eventually('it is still again', () => readsOf(busy) === 6);
  await pause(5 * tickMs);
  expect([readsOf(busy), readsOf(quiet)]).toEqual([6, 3]);
  expect(errors).toEqual([]);
  await feed.stop();
});

test('reads again every 5 s though no version moved, for holds that came due', async () => {
  const { feed, reads } = feeding();
  const { event } = await opened();
  feed.watch(event, listener());
  await eventually('it is still', () => reads.length === 3);
  const startedAt = performance.now();
  await eventually('it is read anyway', () => reads.length === 4);
  expect(performance.now() - startedAt).toBeGreaterThan(3_000);
  await feed.stop();
});

test('however many changes come in a tick, an event is read at most once in it', async () => {
  const { feed, reads } = feeding();
  const { event, take } = await opened();
  const one = listener();
  feed.watch(event, one);
  await eventually('it is watched', () => one.seen.length > 0);
  const before = reads.length;
  const startedAt = performance.now();
  for (let round = 0; round < 40; round++) await Promise.all([take(), take(), take()]);
  await eventually('the last one is shown', () => one.seen.at(-1)?.lines[0]?.held === 120);
  const ticks = (performance.now() - startedAt) / tickMs;
  expect(reads.length - before).toBeLessThanOrEqual(Math.ceil(ticks) + 1);
  const versions = one.seen.map(({ version }) => version);
  expect(versions).toEqual([...versions].sort((a, b) => a - b));
  await feed.stop();
});

test('nobody watches, nothing is read; an event that is left is not told again', async () => {
  const { feed, reads } = feeding();
  const { event, take } = await opened();
  const one = listener();
  const leave = feed.watch(event, one);
  await eventually('it is watched', () => one.seen.length > 0);
  leave?.();
  const { length } = one.seen;
  const { length: before } = reads;
  await take();
  await pause(5 * tickMs);
  expect(one.seen.length).toBe(length);
  expect(reads.length).toBeLessThanOrEqual(before + 1);
  await feed.stop();
});

test('an event whose stock is not there is stale, and keeps none of the others', async () => {
  const { feed } = feeding();
  const there = await opened();
  const one = listener();
  const codes: string[] = [];
  feed.watch(fresh<EventId>(), { ...listener(), stale: (code) => void codes.push(code) });
  feed.watch(there.event, one);
  await eventually('the other is shown', () => one.seen.length > 2 && codes.length > 0);
  await pause(3 * tickMs);
  expect(codes).toEqual(['fenced']);
  await feed.stop();
});

test('watches so many events and no more', async () => {
  const { feed } = feeding();
  const leave = Array.from({ length: watchedMax }, () => feed.watch(fresh<EventId>(), listener()));
  expect(leave.every((one) => one !== undefined)).toBe(true);
  expect(feed.watch(fresh<EventId>(), listener())).toBeUndefined();
  leave[0]?.();
  expect(feed.watch(fresh<EventId>(), listener())).toBeDefined();
  await feed.stop();
});
