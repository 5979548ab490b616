/** Live values of a real server: what comes, to whom, and until when. */
import { expect, test } from 'vitest';
import { admin, onSale, type Show } from '../test/support/client.ts';
import { becomes, clientBed, onlyForward, type Seen, sees, watch } from '../test/support/client-bed.ts';
import { fakeClock } from '../test/support/fake-clock.ts';
import { eventually } from '../test/support/holdfast.ts';
import type { Sale } from './index.ts';

const bed = clientBed();

test('counts and sale come as they change, of two events over one socket', async () => {
  const [one, two] = [await onSale(bed.site, [10]), await onSale(bed.site, [10])];
  const fan = bed.client();
  const seen = [watch(fan, one), watch(fan, two)] as const;
  const sales: Sale[] = [];
  const sale = fan.watchSale(one.id, (value) => sales.push(value));
  await bed.take(one, 2);
  await bed.take(two, 3);
  await sees(seen[0], 2);
  await sees(seen[1], 3);
  expect(seen[0].values.at(-1)).toMatchObject({
    eventId: one.id,
    asOf: expect.any(String),
    tiers: [{ tierId: one.tiers[0], available: 8, held: 2, sold: 0, state: 'available' }],
  });
  await eventually('the sale is seen', () => sales.length > 0);
  await admin(bed.site, 'POST', `/events/${one.id}/pause`);
  await eventually('the pause is seen', () => sales.at(-1)?.saleState === 'paused');
  expect(sale.value?.tiers).toMatchObject([{ tierId: one.tiers[0], name: 'Tier 0', capacity: 10 }]);
  expect(await bed.live.metric('holdfast_ws_connections')).toBe(1);
  expect(seen[0].states).toEqual(['live']);
  for (const each of seen) onlyForward(each);
});

test('who comes later gets the latest at once; who leaves hears nothing more, and the last one closes the socket', async () => {
  const show = await onSale(bed.site, [10]);
  const fan = bed.client();
  const first = watch(fan, show);
  await bed.take(show, 2);
  await sees(first, 2);
  const later = watch(fan, show);
  expect(later.values).toEqual([]);
  await Promise.resolve();
  expect([later.held(), later.states]).toEqual([2, ['live']]);
  first.close();
  await bed.take(show);
  await sees(later, 3);
  expect(first.held()).toBe(2);
  later.close();
  await eventually(
    'the socket is gone',
    async () => (await bed.live.metric('holdfast_ws_connections')) === 0,
  );
  const again = watch(fan, show);
  await sees(again, 3);
});

test('an event that is unknown ends at once, one that is closed for good when it is', async () => {
  const show = await onSale(bed.site, [10]);
  const fan = bed.client();
  const none = watch(fan, { id: 'evt_01a2076e-f380-7800-8c80-b60ab9f9b912' });
  await becomes(none, 'ended event_unknown');
  const seen = watch(fan, show);
  await becomes(seen, 'live');
  await admin(bed.site, 'PATCH', `/events/${show.id}/sale`, { state: 'ended' });
  expect((await admin(bed.site, 'POST', `/events/${show.id}/retire`)).status).toBe(200);
  await becomes(seen, 'ended event_retired');
  const polled = watch(bed.client({ WebSocket: undefined as never }), show);
  await becomes(polled, 'ended event_retired');
});

test('what a socket has no room for is polled, and gets the room that others leave', async () => {
  await bed.beginAgain({ subscriptionsMax: 2 });
  const shows = [await onSale(bed.site, [10]), await onSale(bed.site, [10]), await onSale(bed.site, [10])];
  const fan = bed.client({ pollMs: 20 });
  const [first, second, third] = shows.map((show) => watch(fan, show));
  await becomes(second as Seen, 'live');
  await becomes(third as Seen, 'polling');
  await bed.take(shows[2] as Show);
  await sees(third as Seen, 1);
  first?.close();
  await becomes(third as Seen, 'live');
});

test('watching and leaving in a hurry stays below the limits of the server, and the last word counts', async () => {
  const show = await onSale(bed.site, [10]);
  const fan = bed.client();
  const kept = watch(fan, await onSale(bed.site, [10]));
  await becomes(kept, 'live');
  for (let times = 0; times < 200; times++) watch(fan, show).close();
  const seen = watch(fan, show);
  await becomes(seen, 'live');
  expect(kept.states).toEqual(['live']);
  await bed.take(show);
  await sees(seen, 1);
});

test('a callback that throws is told apart, and costs the others nothing', async () => {
  const show = await onSale(bed.site, [10]);
  const errors: unknown[] = [];
  const fan = bed.client({ onError: (error) => errors.push(error) });
  fan.watch(show.id, () => {
    throw new Error('mine');
  });
  const seen = watch(fan, show);
  await bed.take(show);
  await sees(seen, 1);
  expect(errors[0]).toEqual(new Error('mine'));
});

test.each(['connecting', 'live', 'reconnecting', 'polling'])(
  'close() while %s leaves nothing running',
  async (when) => {
    const clock = fakeClock();
    const show = await onSale(bed.site, [10]);
    const fan = bed.client({ clock, pollAfterFailures: 1 });
    if (when === 'connecting') bed.proxy.mode = 'stall';
    const seen = watch(fan, show);
    if (when !== 'connecting') await becomes(seen, 'live');
    if (when === 'reconnecting') bed.proxy.cut();
    if (when === 'polling') bed.proxy.mode = 'no_sockets';
    if (when === 'polling') bed.proxy.cut();
    if (when === 'polling' || when === 'reconnecting') await becomes(seen, 'reconnecting');
    if (when === 'polling') clock.advance(250);
    if (when === 'polling') await becomes(seen, 'polling');
    const { length } = seen.states;
    const closing = fan.close();
    clock.advance(2_000);
    await closing;
    expect(clock.waiting()).toEqual([]);
    await eventually(
      'no socket is left',
      async () => (await bed.live.metric('holdfast_ws_connections')) === 0,
    );
    await bed.take(show);
    expect(seen.states).toHaveLength(length);
    expect(() => watch(fan, show)).toThrow('closed');
  },
);
