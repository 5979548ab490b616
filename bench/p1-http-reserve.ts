/**
 * P1: reserves over HTTP with everything on (session, schema, limits, idempotency key, metrics) while the worker applies them
 * in its own process, against an empty Hono POST that parses the same body. In turn, the same load for both.
 */
import { startSides } from './lib/http-sides.ts';
import type { Benchmark } from './lib/report.ts';
import { throughput } from './lib/throughput.ts';

export const p1: Benchmark = {
  name: 'p1-http-reserve',
  title: 'HTTP reserve with everything on, against an empty Hono POST',
  async run({ quick }) {
    const sides = await startSides(['reserve', 'empty POST']);
    try {
      const measured = await throughput(sides, ['empty POST', 'reserve'], quick ? 3 : 7, quick ? 3 : 5);
      return {
        settings: { ...sides.settings, ...measured.settings },
        figures: measured.figures,
        gates: [
          {
            what: 'reserves a second over empty POSTs a second (median of rounds)',
            value: measured.ratio('reserve', 'empty POST'),
            bound: 'at least',
            gate: 0.3,
            goal: 0.5,
            unit: 'times',
          },
        ],
      };
    } finally {
      await sides.stop();
    }
  },
};
