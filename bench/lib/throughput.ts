/** Sides in turn, round by round, so that what else the machine does meets all of them. The first round warms up. */
import type { Loaded, Side, Sides } from './http-sides.ts';
import { median } from './statistics.ts';

export type Throughput = {
  settings: Record<string, number>;
  figures: Record<string, string | number>[];
  /** Median over the rounds of one side's requests a second over the other's in the same round. */
  ratio(side: Side, other: Side): number;
};

export async function throughput(
  sides: Sides,
  order: Side[],
  rounds: number,
  seconds: number,
): Promise<Throughput> {
  const results = new Map<Side, Loaded[]>(order.map((side) => [side, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const side of order) {
      const result = await sides.load(side, seconds);
      if (round > 0) results.get(side)?.push(result);
    }
  }
  const of = (side: Side) => results.get(side) ?? [];
  const perSecond = (side: Side) => of(side).map(({ created, seconds: took }) => created / took);
  return {
    settings: { rounds, 'seconds each': seconds },
    figures: order.map((side) => ({
      side,
      '201 a second': median(perSecond(side)),
      'server CPU us each': median(of(side).map(({ serverUs }) => serverUs)),
      'p50 ms': median(of(side).map(({ p50Ms }) => p50Ms)),
      'p99 ms': median(of(side).map(({ p99Ms }) => p99Ms)),
    })),
    ratio: (side, other) => {
      const others = perSecond(other);
      return median(perSecond(side).map((value, round) => value / (others[round] ?? Number.NaN)));
    },
  };
}
