/** A short chaos run: each kind of fault once, under load. The long one is `npm run chaos`. `HOLDFAST_SEED=123` replays it. */
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runChaos } from '../chaos/chaos.ts';

const seed = Number(process.env['HOLDFAST_SEED'] ?? randomInt(2 ** 31));
const runDir = mkdtempSync(join(tmpdir(), 'holdfast-chaos-'));
afterAll(() => rmSync(runDir, { recursive: true, force: true }));

it(`heals from every kind of fault and promises nothing twice, seed ${seed}`, async () => {
  const result = await runChaos({ seed, rounds: 6, runDir, healMaxMs: 10_000 });
  for (const { fault, healMs } of result.rounds) {
    console.info(`${fault.kind}: reserving again after ${(healMs / 1_000).toFixed(2)} s`);
  }
  expect(
    result.rounds.flatMap(({ fault, violations }) => violations.map((one) => `${fault.kind}: ${one}`)),
  ).toEqual([]);
  expect(result.findings).toEqual([]);
  expect(new Set(result.rounds.map(({ fault }) => fault.kind)).size).toBe(6);
  expect(result.acked).toBeGreaterThan(50);
}, 300_000);
