import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { damages, early, factOf, op } from './damages.ts';
import { givenAway, knownByTwoNames, moneyDamages } from './damages-money.ts';
import { seal, write } from './files.ts';
import type { Invariant } from './findings.ts';
import { healthyRun, id, type Run } from './healthy.ts';
import { checkRun, MissingFile } from './run.ts';

const root = mkdtempSync(join(tmpdir(), 'holdfast-checker-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let runs = 0;
async function check(
  damage: (run: Run) => void,
): Promise<{ failed: Invariant[]; said: string; all: string[] }> {
  const run = healthyRun();
  damage(run);
  runs += 1;
  const dir = join(root, String(runs));
  write(run, dir);
  const { findings } = await checkRun(dir);
  const said = findings.list().map(({ invariant, where, what }) => `${invariant}: ${where}: ${what}`);
  return { failed: findings.failed(), said: said.join('\n'), all: findings.lines() };
}

test('a healthy run passes, and every invariant has something to check', async () => {
  const { failed, said, all } = await check(() => {});
  expect(said).toBe('');
  expect(failed).toEqual([]);
  expect(all).toHaveLength(14);
  for (const line of all) expect(line).toMatch(/ [1-9]\d* checks {2}ok$/);
});

describe('a damaged run is caught by the invariant it breaks', () => {
  test.each([...damages, ...moneyDamages])('%s: %s', async (_name, invariant, damage, words) => {
    const { failed, said } = await check(damage);
    expect(failed).toContain(invariant);
    expect(
      said
        .split('\n')
        .filter((line) => line.startsWith(`${invariant}:`))
        .join('\n'),
    ).toMatch(words);
  });
});

describe('what faults excuse', () => {
  const lostHold = (run: Run) => void Object.assign(op(run, 'ok', 1), { hold: id(77) });
  const cut = (at: string) => ({
    t: 'fault',
    at,
    until: at,
    kind: 'aof-cut',
    target: 'redis',
    detail: { seconds: 2 },
  });
  const header = { t: 'log', at: '1000000000', unixMs: 1_790_000_000_000 };

  test('a hold acknowledged within two seconds before a cut may be lost', async () => {
    const { said } = await check((run) => {
      lostHold(run);
      run.faults.push(header, cut('2000000000'));
    });
    expect(said).not.toContain('I13');
  });

  test('a hold acknowledged earlier may not', async () => {
    const { failed } = await check((run) => {
      lostHold(run);
      run.faults.push(header, cut('9000000000'));
    });
    expect(failed).toEqual(['I13']);
  });

  test('a kill loses nothing', async () => {
    const { failed } = await check((run) => {
      lostHold(run);
      run.faults.push(header, { ...cut('2000000000'), kind: 'kill' });
    });
    expect(failed).toEqual(['I13']);
  });

  test('a stopped sweeper may be late, never early', async () => {
    const late = (run: Run) => {
      const expired = factOf(run, 'expired', 1);
      expired['at'] = (expired['at'] as number) + 60_000;
      run.redis.length = 8;
      seal(run);
    };
    const stopped = { t: 'fault', at: '2000000000', kind: 'sweeper-stopped', target: 'worker', detail: {} };
    const { said } = await check((run) => {
      late(run);
      run.faults.push(header, stopped);
    });
    expect(said).not.toContain('I5');
    const tooSoon = await check((run) => {
      early(run);
      run.faults.push(header, stopped);
    });
    expect(tooSoon.said).toContain('1 ms before its deadline');
  });
});

test.each([
  ['one payment known by two names', knownByTwoNames],
  ['tickets that somebody gave away', givenAway],
])('%s: nothing is wrong with it', async (_, change) => {
  expect((await check(change)).said).toBe('');
});

test('without the provider’s books, what needs them is not judged', async () => {
  const { failed, all } = await check((run) => {
    run.provider = undefined;
  });
  expect(failed).toEqual([]);
  expect(all.filter((line) => line.endsWith('nothing to check')).map((line) => line.split(' ')[0])).toEqual([
    'I8',
    'I9',
    'I10',
  ]);
});

test('a run without its files is refused by the name of the file', async () => {
  await expect(checkRun(join(root, 'nowhere'))).rejects.toThrow(MissingFile);
  await expect(checkRun(join(root, 'nowhere'))).rejects.toThrow(/redis\.jsonl is missing/);
});

test('nothing here imports from the server', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.ts'));
  expect(files.length).toBeGreaterThan(10);
  for (const name of files) {
    const text = readFileSync(join(import.meta.dirname, name), 'utf8');
    const imported = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, path]) => path ?? '');
    for (const path of imported) {
      expect(path, name).toMatch(/^(node:[\w/]+|\.\/[\w.-]+\.ts|ioredis|pg|vitest)$/);
    }
  }
});
