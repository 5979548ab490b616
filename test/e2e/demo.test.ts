/** `npm run demo` as people run it, small enough for a test; and what it judges by. */
import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createPromises } from '../../demo/promises.ts';
import { stream } from '../../demo/random.ts';
import { readSettings, Usage } from '../../demo/settings.ts';
import { createTurns } from '../../demo/turns.ts';
import { broken, type Verdict } from '../../demo/verdict.ts';
import { startProgram } from '../stack/program.ts';
import { dataDir, eventually, freePort, holdfast } from '../support/holdfast.ts';
import { importsOf, root } from '../support/sources.ts';

const small = ['--fans', '400', '--tickets', '60', '--sockets', '40'];

function demo(args: string[], env: Record<string, string> = {}) {
  return startProgram(process.execPath, [join(root, 'bin/demo.js'), ...args], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '/',
      HOLDFAST_REDIS_SERVER: process.env['HOLDFAST_REDIS_SERVER'] ?? '',
      ...env,
    },
  });
}

/** The value behind a name in the table. */
function row(said: string, name: string): string {
  const line = said.split('\n').find((each) => each.trimStart().startsWith(`${name}  `));
  return line?.trim().slice(name.length).trim() ?? `no row ${name} in\n${said}`;
}

function pidOf(dir: string, part: string): number {
  const lines = execFileSync('ps', ['axeww', '-o', 'pid=,command='], { encoding: 'utf8', maxBuffer: 1e8 });
  const line = lines.split('\n').find((each) => each.includes(`holdfast.js ${part}`) && each.includes(dir));
  return Number(/^\s*(\d+)/.exec(line ?? '')?.[1]);
}

test('a Holdfast of its own: every promise is kept, exit code 0, and nothing is left behind', async () => {
  // Nobody can type here: the end of the input is as good as Enter.
  const running = demo([...small, '--seconds', '5', '--seed', '7', '--wait']);
  expect([await running.ended, running.said()]).toEqual([
    0,
    expect.stringContaining('every promise was kept'),
  ]);
  const said = running.said();
  expect(said).toContain('seed 7');
  expect(said).toContain('press Enter to let them in');
  expect(said).not.toContain('\u001b');
  for (const name of ['oversold', 'ghosts', 'drift', 'faults of the server'])
    expect([name, row(said, name)]).toEqual([name, '0']);
  expect(Number(row(said, 'holds').replaceAll(',', ''))).toBeGreaterThan(0);
  expect(row(said, 'verify')).toMatch(/^\d+ facts in \d+ commits, nothing is wrong$/);
  expect(row(said, 'write-behind lag, most')).toMatch(/^\d+\.\d+ s$/);
  const [, dir = ''] = /its data in (\S+)/.exec(said) ?? [];
  expect(() => readdirSync(dir)).toThrow('ENOENT');
}, 180_000);

test('kill -9 of server and worker in the middle: requests are sent again, and every promise is kept', async () => {
  const dir = await dataDir();
  const env = { HOLDFAST_DATA_DIR: dir, PORT: String(await freePort()) };
  const server = holdfast(['dev', '--no-demo'], env);
  try {
    const [, address = ''] = await server.said(/on sale at (http:\S+)/);
    const key = join(dir, 'keys', 'admin');
    const running = demo([...small, '--seconds', '10', '--url', address, '--admin-key-file', key], env);
    await eventually('holds are made', () => /[1-9]\d* holds/.test(running.said()));
    const pids = ['serve', 'worker'].map((part) => [part, pidOf(dir, part)] as const);
    for (const [, pid] of pids) process.kill(pid, 'SIGKILL');
    await eventually('requests are sent again', () => /[1-9]\d* sent again/.test(running.said()));
    for (const [part, pid] of pids)
      await eventually(`${part} is started again`, () => ![pid, Number.NaN].includes(pidOf(dir, part)));
    expect([await running.ended, running.said()]).toEqual([
      0,
      expect.stringContaining('every promise was kept'),
    ]);
    expect(Number(row(running.said(), 'sent again, outcome not known').replaceAll(',', ''))).toBeGreaterThan(
      0,
    );
    expect(row(running.said(), 'verify')).toMatch(/nothing is wrong$/);
  } finally {
    server.kill('SIGTERM');
    await server.ended;
    rmSync(dir, { recursive: true, force: true });
  }
}, 240_000);

test.each([
  [['--fans', 'many'], 2, '--fans is a whole number'],
  [['--crowd', '5'], 2, "Unknown option '--crowd'"],
  [['--url', 'http://127.0.0.1:9', '--admin-key-file', '/nowhere/key'], 2, '/nowhere/key cannot be read'],
])('%j ends with exit code %i', async (args, code, message) => {
  const running = demo(args);
  expect([await running.ended, running.said()]).toEqual([code, expect.stringContaining(message)]);
});

test('the demo is a client: it imports nothing of the server', () => {
  const files = readdirSync(join(root, 'demo')).map((file) => `demo/${file}`);
  expect(files.length).toBeGreaterThan(5);
  const inside = files.flatMap((path) => importsOf(path).map(({ target }) => `${path} ${target}`));
  expect(inside.filter((each) => !/ (demo\/|node:|ws$)/.test(each))).toEqual([]);
});

const good: Verdict = {
  holds: 5,
  oversold: 0,
  ghosts: 0,
  drift: 0,
  socketsWrong: 0,
  socketsBack: 0,
  faults: 0,
  verify: { state: 'ok', said: '' },
};

test.each([
  [{}, []],
  [{ verify: { state: 'not run', said: 'no DATABASE_URL' } }, []],
  [{ holds: 0 }, ['nobody got anything']],
  [{ oversold: 1 }, ['1 tickets too many']],
  [{ oversold: undefined }, ['the audit was never answered']],
  [{ ghosts: 2 }, ['2 tickets are held by nobody']],
  [{ drift: 3 }, ['differ by 3']],
  [{ socketsWrong: 4 }, ['4 sockets show something else']],
  [{ socketsBack: 5 }, ['went back']],
  [{ faults: 6 }, ['6 answers']],
  [{ verify: { state: 'findings', said: 'hash' } }, ['verify: hash']],
] as [Partial<Verdict>, string[]][])('%j is judged as %j', (found, wrong) => {
  const said = broken({ ...good, ...found });
  expect(said).toEqual(wrong.map((part) => expect.stringContaining(part)));
});

test.each([
  [
    'one after the other',
    [
      [0, 10, 2],
      [10, 20, 2],
    ],
    0,
  ],
  [
    'all that there is',
    [
      [0, 10, 2],
      [5, 20, 1],
    ],
    0,
  ],
  [
    'one too many for a moment',
    [
      [0, 10, 2],
      [9, 20, 2],
    ],
    1,
  ],
  [
    'another tier does not count',
    [
      [0, 10, 3],
      [0, 10, 9, 'b'],
    ],
    0,
  ],
  [
    'an answer that was heard after the end promises nothing',
    [
      [0, 10, 3],
      [5, 4, 3],
    ],
    0,
  ],
] as [string, [number, number, number, string?][], number][])('promises: %s', (_, spans, oversold) => {
  const promises = createPromises();
  for (const [from, to, units, tier = 'a'] of spans) promises.add({ from, to, units, tier });
  expect(
    promises.oversold(
      new Map([
        ['a', 3],
        ['b', 9],
      ]),
    ),
  ).toBe(oversold);
});

test('the same seed is the same choices, another fan or seed is others', () => {
  const drawn = (seed: number, index: number) => {
    const random = stream(seed, index);
    return Array.from({ length: 8 }, () => random.between(0, 1_000_000));
  };
  expect(drawn(1, 2)).toEqual(drawn(1, 2));
  expect(drawn(1, 2)).not.toEqual(drawn(1, 3));
  expect(drawn(1, 2)).not.toEqual(drawn(2, 2));
});

test('so many at once, and the door gets every fourth turn', async () => {
  const turn = createTurns(1);
  const order: string[] = [];
  const first = await turn(false);
  const all = [...'DDDIIIIIII'].map(async (line) => {
    const done = await turn(line === 'D');
    order.push(line);
    done();
  });
  expect(order).toEqual([]);
  first();
  await Promise.all(all);
  expect(order.join('')).toBe('IIIDIIIDID');
});

test('settings: the defaults, and a color only where it is seen', () => {
  expect(readSettings([], {}, false)).toMatchObject({
    fans: 5_000,
    tickets: 1_000,
    seconds: 15,
    color: false,
  });
  expect(readSettings([], {}, true).color).toBe(true);
  expect(readSettings([], { NO_COLOR: '1' }, true).color).toBe(false);
  expect(readSettings(['--url', 'http://h:1/'], { ADMIN_KEY: 'k' }, false)).toMatchObject({
    url: 'http://h:1',
    adminKey: 'k',
  });
  expect(() => readSettings(['--seconds', '0'], {}, false)).toThrow(Usage);
});
