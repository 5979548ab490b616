/** What somebody who never reads costs the others: nothing. Minutes long, because a 99th percentile needs many values of both sides. */
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { useGrounds } from '../support/client-crowd.ts';
import { medianOf, percentile, slowTwin } from '../support/slow-twin.ts';

const use = useGrounds();

test('somebody who never reads is cut with 3008, and costs the others nothing', async () => {
  const grounds = use();
  const event = await grounds.open([10_000]);
  const ages: number[] = [];
  await grounds.crowd(event, 200, ({ asOf }) => {
    if (asOf !== undefined) ages.push(Date.now() - Date.parse(asOf));
  });
  /** The 99th percentile of how old values are when they come, while a twin watches a wide event that keeps changing. */
  const round = async (reads: boolean): Promise<number> => {
    const twin = await slowTwin(grounds.address, grounds.cluster.keys.admin, { reads });
    let isOver = false;
    const busy = [
      twin.keepChanging(() => isOver),
      ...Array.from({ length: 4 }, async () => {
        const by = grounds.buyer();
        while (!isOver) {
          const made = await by.holds.reserve(event.id, [{ tierId: event.tiers[0]?.id ?? '', quantity: 1 }]);
          if (!made.ok) throw new Error(made.problem.code);
          await pause(50);
        }
      }),
    ];
    await twin.settled();
    ages.length = 0;
    await pause(4_000);
    const p99 = percentile(ages, 0.99);
    expect(ages.length).toBeGreaterThan(1_000);
    const code = await twin.ended();
    isOver = true;
    await Promise.all(busy);
    expect(code).toBe(reads ? 1_000 : 3_008);
    return p99;
  };
  const without: number[] = [];
  const beside: number[] = [];
  for (let pair = 0; pair < 3; pair++) {
    without.push(await round(true));
    beside.push(await round(false));
  }
  // Below this a ratio is a ratio of noises.
  const floorMs = 40;
  expect(medianOf(beside)).toBeLessThan(Math.max(floorMs, 1.5 * medianOf(without)));
}, 240_000);
