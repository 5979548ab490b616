/** prometheus/ as promtool judges it, and what this program exports. */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { createJobMetrics } from '../../src/platform/job-metrics.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { createTaskMetrics } from '../../src/platform/task-metrics.ts';
import { holdOutcomes } from '../../src/server/hold-outcomes.ts';
import { read, root } from '../support/sources.ts';

type Said = { code: number; said: string };

async function promtool(args: string[], input?: string): Promise<Said> {
  const running = promisify(execFile)('promtool', args, { cwd: root, timeout: 60_000 });
  running.child.stdin?.end(input);
  return running.then(
    ({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string; message: string }) => ({
      code: error.code,
      said: `${error.message}\n${error.stdout}\n${error.stderr}`,
    }),
  );
}

const under = (folder: string) => readdirSync(join(root, folder)).map((file) => `${folder}/${file}`);

test.each([
  ['check config', ['check', 'config', 'prometheus/prometheus.yml']],
  ['check rules', ['check', 'rules', ...under('prometheus/rules')]],
  ['test rules', ['test', 'rules', ...under('prometheus/tests')]],
])('promtool %s', async (_, args) => {
  const { code, said } = await promtool(args);
  expect([code, said]).toEqual([0, expect.stringContaining('SUCCESS')]);
});

test('promtool check metrics: what is exported is named and described as it should be', async () => {
  const metrics = createMetrics({ holdOutcomes, runtime: true });
  metrics.httpDuration.labels('GET', '/v1/events', '200').observe(0.01);
  metrics.scriptDuration.labels('reserve').observe(0.001);
  metrics.inventoryUnits.set({ event: 'evt_1', tier: 'tier_1', state: 'held' }, 1);
  metrics.holdsActive.set({ event: 'evt_1' }, 1);
  createTaskMetrics(metrics.registry, ['prune']);
  createJobMetrics(metrics.registry, ['prune'])({
    jobs: [{ task: 'prune', pending: 1, oldestSeconds: 2, dead: 3 }],
    successes: [{ task: 'prune', at: 1 }],
    reconciliations: [{ kind: 'full', at: 1 }],
    open: [{ check: 'revenue', currency: 'EUR', findings: 1, units: 5 }],
  });
  expect(await promtool(['check', 'metrics'], await metrics.registry.metrics())).toEqual({
    code: 0,
    said: '',
  });
  const bad = await promtool(['check', 'metrics'], '# TYPE x counter\nx 1\n');
  expect(bad.code).not.toBe(0);
});

type Rules = {
  groups: { rules: { alert?: string; labels?: { severity?: string }; annotations?: object }[] }[];
};
type Tests = { tests: { alert_rule_test?: { alertname: string; exp_alerts?: object[] }[] }[] };

test('every alert has a severity and says what to do, and is seen to fire and to be silent', () => {
  const rules = under('prometheus/rules').flatMap((file) => (parseYaml(read(file)) as Rules).groups);
  const alerts = rules.flatMap((group) => group.rules).filter(({ alert }) => alert !== undefined);
  for (const { alert, labels, annotations } of alerts) {
    expect([alert, labels?.severity]).toEqual([alert, expect.stringMatching(/^(critical|warning|info)$/)]);
    expect([alert, Object.keys(annotations ?? {})]).toEqual([alert, ['summary', 'action']]);
  }
  const cases = under('prometheus/tests')
    .flatMap((file) => (parseYaml(read(file)) as Tests).tests)
    .flatMap((each) => each.alert_rule_test ?? []);
  const names = alerts.map(({ alert }) => alert).sort();
  const those = (fires: boolean) =>
    [
      ...new Set(
        cases.filter(({ exp_alerts }) => (exp_alerts !== undefined) === fires).map((each) => each.alertname),
      ),
    ].sort();
  expect(those(true)).toEqual(names);
  expect(those(false)).toEqual(names);
});

test('Alertmanager is told only of receivers that are there', () => {
  type Route = { receiver: string; routes?: Route[] };
  const { route, receivers } = parseYaml(read('prometheus/alertmanager.yml')) as {
    route: Route;
    receivers: { name: string }[];
  };
  const wanted = (one: Route): string[] => [one.receiver, ...(one.routes ?? []).flatMap(wanted)];
  const there = receivers.map(({ name }) => name);
  expect(wanted(route).filter((name) => !there.includes(name))).toEqual([]);
  const started = parseYaml(read('prometheus/prometheus.yml')) as { alerting: object };
  expect(JSON.stringify(started.alerting)).toContain('alertmanager:9093');
});
