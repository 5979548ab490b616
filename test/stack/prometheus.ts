/** A real Prometheus with our own configuration, pointed at one server and one worker and scraping every second. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseYaml, stringify } from 'yaml';
import { z } from 'zod';
import { eventually, freePort } from '../support/holdfast.ts';
import { root } from '../support/sources.ts';
import { startProgram } from './program.ts';

export type Sample = { metric: Record<string, string>; value: number };

export type Prometheus = {
  /** Samples of an instant query; NaN stands for no data. */
  query(expr: string): Promise<Sample[]>;
  stop(): Promise<void>;
};

const answer = z.object({
  status: z.literal('success'),
  data: z.object({
    resultType: z.enum(['vector', 'scalar']),
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }),
    ),
  }),
});

const config = z.looseObject({
  global: z.looseObject({}),
  scrape_configs: z.array(z.looseObject({ job_name: z.string() })),
});

/** `targets`: host:port of what each of our jobs asks. `dir`: an empty folder. */
export async function startPrometheus(targets: Record<string, string>, dir: string): Promise<Prometheus> {
  const ours = config.parse(parseYaml(readFileSync(join(root, 'prometheus/prometheus.yml'), 'utf8')));
  const text = stringify({
    ...ours,
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [join(root, 'prometheus/rules/*.yml')],
    alerting: undefined,
    scrape_configs: ours.scrape_configs.map(({ job_name }) => ({
      job_name,
      static_configs: [{ targets: [targets[job_name]] }],
    })),
  });
  mkdirSync(dir, { recursive: true });
  const file = join(dir, 'prometheus.yml');
  writeFileSync(file, text);
  const port = await freePort();
  const prometheus = startProgram('prometheus', [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(dir, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ]);
  const url = `http://127.0.0.1:${port}`;
  const ready = async () => {
    const response = await fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(2_000) }).catch(
      () => undefined,
    );
    return response?.ok === true;
  };
  await eventually('Prometheus is ready', ready).catch(async (error: unknown) => {
    await prometheus.stop('SIGKILL');
    const hint = 'the package is in .ci/packages.txt: apt-get install prometheus';
    throw new Error(`Prometheus does not start (${hint}): ${prometheus.said().slice(-2_000)}`, {
      cause: error,
    });
  });
  return {
    async query(expr) {
      const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: expr })}`, {
        signal: AbortSignal.timeout(10_000),
      });
      const said = await response.text();
      if (!response.ok) throw new Error(`${expr}: ${said}`);
      const { data } = answer.parse(JSON.parse(said));
      return data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
    },
    async stop() {
      await prometheus.stop('SIGTERM');
    },
  };
}
