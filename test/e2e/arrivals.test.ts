/** Whatever the order in which the events of a payment arrive, alone or in pairs: the end is the same. A sample; all of them in test/heavy. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { arrive, histories, permutations } from '../support/arrivals.ts';
import { type MoneyBed, startMoneyBed } from '../support/money-bed.ts';

let bed: MoneyBed;
beforeAll(async () => {
  bed = await startMoneyBed({ webhooks: false, jobs: false });
});
afterAll(async () => {
  await bed.stop();
  expect(bed.errors).toEqual([]);
});

/** As given, backwards, and some between, far from each other. */
const sampleSize = 6;
const sample = (events: number) => {
  const all = permutations(events);
  const step = Math.max(1, Math.floor((all.length - 1) / (sampleSize - 1)));
  return all.filter((_, index) => index % step === 0).slice(0, sampleSize);
};

test.each(histories.flatMap((history) => [false, true].map((pairs) => ({ name: history.name, pairs, history }))))(
  '$name, in pairs: $pairs',
  async ({ history, pairs }) => {
    const arrived = await arrive(bed, history, sample, pairs);
    expect(arrived.length).toBeGreaterThanOrEqual(2);
    for (const { end, net } of arrived) {
      expect(end).toMatchObject({ ...history.end, openEvents: 0, unsettled: 0, incidents: [] });
      expect(net).toBe(history.net);
    }
  },
);
