/** The dashboards, with a real Prometheus: every query of every panel has data, and the figures are the true ones. */
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { createLive } from '../../demo/live.ts';
import { documentedSettings } from '../../generate/env-example.ts';
import { generated, stale } from '../../generate/index.ts';
import { defaultOf, settingNames } from '../../src/platform/config.ts';
import { ask, openEvent } from '../chaos/api.ts';
import { dataDir, eventually, freePort, type Holdfast, holdfast } from '../support/holdfast.ts';
import { read, root } from '../support/sources.ts';
import { type Prometheus, startPrometheus } from './prometheus.ts';

const target = z.object({
  expr: z.string(),
  datasource: z.object({ type: z.literal('prometheus'), uid: z.string() }),
});
const panel = z.object({
  id: z.number(),
  type: z.string(),
  title: z.string(),
  description: z.string().optional(),
  datasource: z.object({ uid: z.string() }).optional(),
  targets: z.array(target).default([]),
});
const dashboard = z.object({
  uid: z.string(),
  templating: z.object({
    list: z
      .array(
        z.object({
          name: z.string(),
          regex: z.string(),
          query: z.object({ query: z.string() }),
          datasource: z.object({ uid: z.string() }),
        }),
      )
      .default([]),
  }),
  panels: z.array(panel),
});

const dashboards = readdirSync(join(root, 'grafana/dashboards')).map((file) => ({
  file,
  ...dashboard.parse(JSON.parse(read(`grafana/dashboards/${file}`))),
}));

test('generated files are what their sources say', () => {
  expect(stale()).toEqual([]);
  expect([...generated().keys()].filter((path) => path.startsWith('grafana/dashboards/'))).toEqual(
    dashboards.map(({ file }) => `grafana/dashboards/${file}`),
  );
});

test('the defaults in docs/configuration.md and .env.example are those of the schema', () => {
  const documented = documentedSettings(read('docs/configuration.md'));
  expect(documented.map(({ name, byDefault }) => [name, byDefault]).sort()).toEqual(
    settingNames.map((name) => [name, defaultOf(name) ?? '']).sort(),
  );
  for (const name of settingNames) {
    expect(read('.env.example')).toContain(`\n# ${name}=${defaultOf(name) ?? ''}\n`);
  }
});

test('every panel names the data source that provisioning sets, and every id is there once', () => {
  const sources = parseYaml(read('grafana/provisioning/datasources/prometheus.yml')) as {
    datasources: { uid: string }[];
  };
  const uids = sources.datasources.map(({ uid }) => uid);
  for (const { panels, templating } of dashboards) {
    const named = [
      ...panels.filter(({ type }) => type !== 'row').map(({ datasource }) => datasource?.uid),
      ...panels.flatMap(({ targets }) => targets.map(({ datasource }) => datasource.uid)),
      ...templating.list.map(({ datasource }) => datasource.uid),
    ];
    expect([...new Set(named)]).toEqual(uids);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const unexplained = panels.filter(({ type, description }) => type !== 'row' && !description);
    expect(unexplained).toEqual([]);
  }
});

const holds = 100;
let running: Holdfast;
let data: string;
let address: string;
let event: string;
let prometheus: Prometheus;
let traffic: { stop(): Promise<void> };

beforeAll(async () => {
  data = await dataDir();
  const worker = await freePort();
  running = holdfast(['dev', '--no-demo'], {
    HOLDFAST_DATA_DIR: data,
    PORT: String(await freePort()),
    WORKER_METRICS_PORT: String(worker),
  });
  [, address = ''] = await running.said(/on sale at (http:\S+)/);
  prometheus = await startPrometheus(
    { holdfast: new URL(address).host, 'holdfast-workers': `127.0.0.1:${worker}` },
    join(data, 'prometheus'),
  );
  const adminKey = readFileSync(join(data, 'keys', 'admin'), 'utf8').trim();
  const tiers = [
    { name: 'Standing', price: 2_500, capacity: 700 },
    { name: 'Seated', price: 5_000, capacity: 300 },
  ];
  const opened = await openEvent(address, adminKey, { name: 'A "quoted" night', tiers });
  event = opened.id;
  for (let index = 0; index < holds; index++) {
    const session = (await ask('POST', address, '/v1/sessions')).body as { token: string };
    const tier = opened.tiers[index % 4 === 0 ? 1 : 0]?.id;
    const held = await ask('POST', address, `/v1/events/${event}/holds`, {
      token: session.token,
      key: randomUUID(),
      body: { items: [{ tierId: tier, quantity: 1 }] },
    });
    expect(held.status).toBe(201);
  }
  const side = await openEvent(address, adminKey, {
    name: 'Side show',
    tiers: [{ name: 'Any', price: 1_000, capacity: 500 }],
  });
  traffic = startTraffic(side.id, side.tiers[0]?.id ?? '');
}, 120_000);

afterAll(async () => {
  await traffic?.stop();
  await prometheus?.stop();
  running?.kill('SIGTERM');
  await running?.ended;
  rmSync(data, { recursive: true, force: true });
}, 60_000);

/**
 * A socket that watches an event on which somebody holds and releases, and now and then checks out, and pays or cancels: rates and
 * waiting times have something to tell, and the local Stripe sends webhooks.
 */
function startTraffic(show: string, tier: string) {
  const watcher = createLive(address, show, Math.random).watch();
  let wanted = true;
  let round = 0;
  const checkOut = async (hold: string, token: string, pays: boolean) => {
    const body = { buyer: { email: 'fan@example.test' } };
    const path = `/v1/holds/${hold}/checkout`;
    const made = await ask('POST', address, path, { token, key: randomUUID(), body });
    const { id, checkoutUrl } = made.body as { id: string; checkoutUrl: string };
    if (!pays) return ask('POST', address, `/v1/orders/${id}/cancel`, { token });
    const page = new URL(checkoutUrl);
    const paid = new URLSearchParams({ id: page.pathname.split('/').at(-1) ?? '' });
    return fetch(new URL('/_sandbox/pay', page), { method: 'POST', body: paid });
  };
  const loop = async () => {
    while (wanted) {
      // A person each time: one alone may ask only so often a minute.
      const { token } = (await ask('POST', address, '/v1/sessions')).body as { token: string };
      const body = { items: [{ tierId: tier, quantity: 1 }] };
      const held = await ask('POST', address, `/v1/events/${show}/holds`, { token, key: randomUUID(), body });
      const hold = (held.body as { id: string }).id;
      if (round++ % 20 === 0) await checkOut(hold, token, round % 40 === 1);
      else await ask('DELETE', address, `/v1/holds/${hold}`, { token });
      await sleep(50);
    }
  };
  const done = loop();
  return {
    async stop() {
      wanted = false;
      watcher.close();
      await done;
    },
  };
}

const filled = (expr: string) => expr.replaceAll('$event', event).replaceAll('$__rate_interval', '10s');

/** The value of a panel's first query, summed over its series. */
async function shown(title: string): Promise<number> {
  const [found] = dashboards.flatMap(({ panels }) => panels.filter((each) => each.title === title));
  const samples = await prometheus.query(filled(found?.targets[0]?.expr ?? ''));
  return samples.reduce((sum, { value }) => sum + value, 0);
}

test('every metric a panel or a rule asks for is one that this program exports', async () => {
  const text = await (await fetch(`${address}/metrics`)).text();
  const known = new Set([...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name));
  const rules = readdirSync(join(root, 'prometheus/rules')).map((file) => read(`prometheus/rules/${file}`));
  const exprs = dashboards.flatMap(({ panels }) =>
    panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  );
  const named = [...exprs, ...rules].join('\n').matchAll(/\b(?:holdfast|http_server|nodejs|process)_\w+/g);
  const asked = [...new Set([...named].map(([name]) => name.replace(/_(bucket|count|sum)$/, '')))];
  expect(asked.length).toBeGreaterThan(5);
  expect(asked.filter((name) => !known.has(name))).toEqual([]);
});

test('after 100 holds the panels say 100, of what and how many are left', async () => {
  await eventually('active holds are 100', async () => (await shown('Active holds')) === holds);
  const titles = ['Active holds', 'Available', 'Held', 'Sold', 'Held by tier', 'Ghosts', 'Drift'];
  expect(
    Object.fromEntries(await Promise.all(titles.map(async (title) => [title, await shown(title)]))),
  ).toEqual({
    'Active holds': 100,
    Available: 900,
    Held: 100,
    Sold: 0,
    'Held by tier': 100,
    Ghosts: 0,
    Drift: 0,
  });
  const [found] = dashboards.flatMap(({ panels }) => panels.filter(({ title }) => title === 'Held by tier'));
  const byTier = await prometheus.query(filled(found?.targets[0]?.expr ?? ''));
  expect(byTier.map(({ metric, value }) => [metric['name'], value]).sort()).toEqual([
    ['Seated', 25],
    ['Standing', 75],
  ]);
}, 60_000);

test('every query of every panel has data', async () => {
  const exprs = dashboards.flatMap(({ panels }) =>
    panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, expr: filled(expr) }))),
  );
  expect(exprs.length).toBeGreaterThan(15);
  const empty = async () => {
    const answers = await Promise.all(
      exprs.map(async (each) => ({ ...each, samples: await prometheus.query(each.expr) })),
    );
    return answers.filter(({ samples }) => !samples.some(({ value }) => !Number.isNaN(value)));
  };
  let missing = await empty();
  await eventually('every query has data', async () => {
    missing = await empty();
    return missing.length === 0;
  }).catch(() => undefined);
  expect(missing.map(({ title, expr }) => `${title}: ${expr}`)).toEqual([]);
  expect(await prometheus.query('holdfast_no_such_metric')).toEqual([]);
}, 60_000);

test('the list of events has their names, and their ids behind them', async () => {
  for (const { templating } of dashboards) {
    for (const { name, query, regex } of templating.list) {
      const [, inner = ''] = /^query_result\((.*)\)$/.exec(query.query) ?? [];
      // As Grafana writes a series out before it looks for the pattern.
      const lines = (await prometheus.query(inner)).map(({ metric, value }) => {
        const labels = Object.entries(metric).map(([key, text]) => `${key}="${text}"`);
        return `{${labels.join(',')}} ${value} 0`;
      });
      const [, pattern = ''] = /^\/(.*)\/$/.exec(regex) ?? [];
      const options = lines.map((line) => ({ ...new RegExp(pattern).exec(line)?.groups }));
      expect([name, options.length]).toEqual(['event', 2]);
      expect(options).toContainEqual({ value: event, text: expect.stringContaining('night') });
      expect(options.map(({ text }) => text)).toContain('Side show');
    }
  }
});
