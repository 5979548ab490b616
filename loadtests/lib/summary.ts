/** What a load test leaves behind: its thresholds and main figures, for people (Markdown) and for programs (JSON). */
import { profile, summaryDir } from './settings.ts';

type Metric = {
  values: Record<string, number>;
  thresholds?: Record<string, { ok: boolean }>;
};
export type Data = { metrics: Record<string, Metric>; state: { testRunDurationMs: number } };

/** The files of a `handleSummary`. */
export function summarize(name: string, data: Data): Record<string, string> {
  const text = markdown(name, data);
  const files: Record<string, string> = { stdout: text };
  if (summaryDir !== undefined) {
    files[`${summaryDir}/${name}.json`] = `${JSON.stringify(data, null, 2)}\n`;
    files[`${summaryDir}/${name}.md`] = text;
  }
  return files;
}

function markdown(name: string, data: Data): string {
  const metrics = Object.entries(data.metrics).sort(([a], [b]) => (a < b ? -1 : 1));
  const verdicts = metrics.flatMap(([metric, { thresholds = {} }]) =>
    Object.entries(thresholds).map(([rule, { ok }]) => `| ${ok ? 'ok' : 'FAILED'} | ${metric} | ${rule} |`),
  );
  const figures = metrics
    .filter(([metric]) => !metric.includes('{') || metric.startsWith('http_req_duration{'))
    .map(([metric, { values }]) => `| ${metric} | ${valuesText(values)} |`);
  const seconds = (data.state.testRunDurationMs / 1_000).toFixed(1);
  const head = `\n# ${name} (${profile}): ${seconds} s\n\n`;
  const table = (columns: string, line: string, rows: string[]) =>
    `${columns}\n${line}\n${rows.join('\n')}\n`;
  return `${head}${table('| | metric | threshold |', '|---|---|---|', verdicts)}\n${table('| metric | values |', '|---|---|', figures)}`;
}

function valuesText(values: Record<string, number>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key} ${Number.isInteger(value) ? value : value.toFixed(2)}`)
    .join(', ');
}
