/**
 * P2: reserves over HTTP with everything on, against that of the system this replaces (SELECT ... FOR UPDATE, one transaction) over the same
 * HTTP. Its Postgres commits durably, as a shop's does; a second figure lets it answer before the commit is on disk, which is
 * what Redis with an append-only file written every second does.
 */
import { type Side, startSides } from './lib/http-sides.ts';
import type { Benchmark } from './lib/report.ts';
import { throughput } from './lib/throughput.ts';

const opponents: Side[] = ['FOR UPDATE', 'FOR UPDATE, commit not awaited'];

export const p2: Benchmark = {
  name: 'p2-for-update',
  title: 'HTTP reserve with everything on, against SELECT ... FOR UPDATE, as the system this replaces has it',
  async run({ quick }) {
    const sides = await startSides(['reserve', ...opponents]);
    try {
      const measured = await throughput(sides, [...opponents, 'reserve'], quick ? 3 : 5, quick ? 3 : 5);
      const relaxed = measured.ratio('reserve', 'FOR UPDATE, commit not awaited');
      return {
        settings: {
          ...sides.settings,
          ...measured.settings,
          'their pool': 20,
          'their statements': 'prepared',
        },
        figures: measured.figures,
        gates: [
          {
            what: 'reserves a second over FOR UPDATE reserves a second (median of rounds)',
            value: measured.ratio('reserve', 'FOR UPDATE'),
            bound: 'at least',
            gate: 8,
            goal: 15,
            unit: 'times',
          },
        ],
        notes: [`against the one that does not await its commit: ${relaxed.toFixed(1)} times`],
      };
    } finally {
      await sides.stop();
    }
  },
};
