/**
 * What the fans were promised, by the fans' own clock: for each hold the time in which it must have been alive. From when
 * its answer was heard until its lifetime after the first request for it was sent, or until it was let go. More
 * units alive at once than a tier has is a ticket sold twice, whatever the server's own counters say.
 */
export type Promised = {
  tier: string;
  units: number;
  /** performance.now(), ms. */
  from: number;
  to: number;
};

export type Promises = {
  add(promised: Promised): Promised;
  count(): number;
  /** By how many units a tier was ever promised beyond its capacity; the worst moment of the worst tier. */
  oversold(capacities: ReadonlyMap<string, number>): number;
};

export function createPromises(): Promises {
  const all: Promised[] = [];
  return {
    add(promised) {
      all.push(promised);
      return promised;
    },
    count: () => all.length,
    oversold(capacities) {
      const beyond = [...capacities].map(
        ([tier, capacity]) => most(all.filter((promised) => promised.tier === tier)) - capacity,
      );
      return Math.max(0, ...beyond);
    },
  };
}

/** The most units alive at one moment. At the same moment ends come first: a unit may go from hand to hand. */
function most(promises: readonly Promised[]): number {
  const moves = promises
    .filter(({ from, to }) => to > from)
    .flatMap(({ from, to, units }) => [
      { at: from, units },
      { at: to, units: -units },
    ])
    .sort((a, b) => a.at - b.at || a.units - b.units);
  let alive = 0;
  let highest = 0;
  for (const { units } of moves) {
    alive += units;
    highest = Math.max(highest, alive);
  }
  return highest;
}
