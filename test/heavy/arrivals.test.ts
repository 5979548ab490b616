/** Every order in which up to six events of one order can arrive, each alone and each in pairs at the same moment. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { arrive, eventsMax, histories, permutations } from '../support/arrivals.ts';
import { type MoneyBed, startMoneyBed } from '../support/money-bed.ts';

let bed: MoneyBed;
beforeAll(async () => {
  bed = await startMoneyBed({ webhooks: false, jobs: false });
});
afterAll(async () => {
  await bed.stop();
  expect(bed.errors).toEqual([]);
});

test.each(histories.flatMap((history) => [false, true].map((pairs) => ({ name: history.name, pairs, history }))))(
  '$name, in pairs: $pairs',
  async ({ history, pairs }) => {
    const arrived = await arrive(bed, history, permutations, pairs);
    const events = arrived[0]!.events;
    expect(events).toBeLessThanOrEqual(eventsMax);
    expect(arrived.length).toBe(permutations(events).length);
    for (const { end, net } of arrived) {
      expect(end).toMatchObject({ ...history.end, openEvents: 0, unsettled: 0, incidents: [] });
      expect(net).toBe(history.net);
    }
  },
  900_000,
);
