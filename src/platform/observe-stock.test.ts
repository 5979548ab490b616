import { expect, test } from 'vitest';
import { createMetrics } from './metrics.ts';
import { type EventStock, observeStock } from './observe-stock.ts';

function stock(event: string, held = 0): EventStock {
  const units = { available: 10 - held, held, sold: 0, withheld: 0 };
  return {
    event,
    name: `show ${event}`,
    holds: held,
    tiers: [{ tier: `${event}-t`, name: 'Standing', units }],
  };
}

async function exported(metrics: ReturnType<typeof createMetrics>, name: string): Promise<string[]> {
  const text = await metrics.registry.getSingleMetricAsString(name);
  return text.split('\n').filter((line) => !line.startsWith('#'));
}

test('each round shows what was read, keeps what could not be read, and drops what is no longer on sale', async () => {
  const metrics = createMetrics({ holdOutcomes: [], runtime: false });
  const record = observeStock(metrics, 10);
  record(new Set(['a', 'b', 'c']), [stock('a', 1), stock('b', 2), stock('c', 3)]);
  expect(await exported(metrics, 'holdfast_holds_active')).toEqual([
    'holdfast_holds_active{event="a"} 1',
    'holdfast_holds_active{event="b"} 2',
    'holdfast_holds_active{event="c"} 3',
  ]);
  record(new Set(['a', 'b']), [stock('a', 4)]);
  expect(await exported(metrics, 'holdfast_holds_active')).toEqual([
    'holdfast_holds_active{event="a"} 4',
    'holdfast_holds_active{event="b"} 2',
  ]);
  expect(await exported(metrics, 'holdfast_inventory_units')).toEqual([
    'holdfast_inventory_units{event="a",tier="a-t",state="available"} 6',
    'holdfast_inventory_units{event="a",tier="a-t",state="held"} 4',
    'holdfast_inventory_units{event="a",tier="a-t",state="sold"} 0',
    'holdfast_inventory_units{event="a",tier="a-t",state="withheld"} 0',
    'holdfast_inventory_units{event="b",tier="b-t",state="available"} 8',
    'holdfast_inventory_units{event="b",tier="b-t",state="held"} 2',
    'holdfast_inventory_units{event="b",tier="b-t",state="sold"} 0',
    'holdfast_inventory_units{event="b",tier="b-t",state="withheld"} 0',
  ]);
  expect(await exported(metrics, 'holdfast_tier_info')).toEqual([
    'holdfast_tier_info{event="a",tier="a-t",name="Standing"} 1',
    'holdfast_tier_info{event="b",tier="b-t",name="Standing"} 1',
  ]);
});

test('however many events are on sale, only the newest have series', async () => {
  const metrics = createMetrics({ holdOutcomes: [], runtime: false });
  const record = observeStock(metrics, 2);
  const ids = ['e1', 'e2', 'e3', 'e4'];
  record(
    new Set(ids),
    ids.map((id) => stock(id)),
  );
  expect(await exported(metrics, 'holdfast_event_info')).toEqual([
    'holdfast_event_info{event="e3",name="show e3"} 1',
    'holdfast_event_info{event="e4",name="show e4"} 1',
  ]);
  record(new Set(ids), [stock('e1')]);
  expect((await exported(metrics, 'holdfast_inventory_units')).length).toBe(8);
});
