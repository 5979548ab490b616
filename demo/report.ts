/** What is seen: one line that changes on a terminal, one line a second elsewhere, and the table at the end. */
import type { World } from './crowd.ts';
import type { Settings } from './settings.ts';
import type { Verdict } from './verdict.ts';

export type Out = (text: string) => void;

const number = new Intl.NumberFormat('en-US');
const show = (value: number) => number.format(Math.round(value));

/** Prints how it goes until it is stopped. */
export function startProgress(world: World, { terminal }: Settings, out: Out): () => void {
  const print = () => {
    const { counts, live, http, startedAt, endsAt } = world;
    const now = performance.now();
    const seconds = Math.min(now, endsAt) - startedAt;
    const refused = [...counts.refusals.values()].reduce((sum, count) => sum + count, 0);
    const rate = (http.counts.requests / Math.max(1, now - startedAt)) * 1_000;
    const line =
      `${(seconds / 1_000).toFixed(0).padStart(3)} s  ${show(counts.inside)} fans  ${show(counts.holds)} holds  ` +
      `${show(refused)} refused  ${show(counts.released)} released  ${show(rate)} requests/s  ` +
      `${show(live.counts.open)} sockets  ${show(http.counts.retries)} sent again`;
    out(terminal ? `\r\u001b[K${line}` : `${line}\n`);
  };
  const timer = setInterval(print, terminal ? 200 : 1_000);
  return () => {
    clearInterval(timer);
    print();
    if (terminal) out('\n');
  };
}

/** Of unsorted values; undefined of none. */
export function quantile(values: readonly number[], share: number): number | undefined {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

const ms = (value: number | undefined) =>
  value === undefined ? '-' : `${value.toFixed(value < 10 ? 1 : 0)} ms`;
const both = (values: readonly number[]) => `${ms(quantile(values, 0.5))} / ${ms(quantile(values, 0.99))}`;

export type Row = [name: string, value: string, state?: 'ok' | 'bad'];

export function table(world: World, verdict: Verdict, lagSeconds: number | undefined): Row[] {
  const { counts, live, http } = world;
  const refusals = [...counts.refusals].sort(([, a], [, b]) => b - a);
  const zero = (name: string, value: number | undefined): Row =>
    value === undefined ? [name, 'not known', 'bad'] : [name, show(value), value === 0 ? 'ok' : 'bad'];
  const sockets: Row[] =
    live.counts.opened === 0
      ? [['sockets', live.served() === false ? 'not served here: fans asked instead' : 'none']]
      : [
          ['sockets opened / lost', `${show(live.counts.opened)} / ${show(live.counts.lost)}`],
          ['socket updates', show(live.counts.updates)],
          ['socket update age, p50 / p99', both(live.ages)],
          zero('sockets with a wrong last value', verdict.socketsWrong),
        ];
  return [
    ['fans who came / got in', `${show(counts.arrived)} / ${show(counts.inside)}`],
    ['requests', show(http.counts.requests)],
    ['request, p50 / p99', both(http.times)],
    ['attempts to hold', show(counts.attempts)],
    ['holds', show(counts.holds)],
    ...refusals.map(([code, count]): Row => [`  refused: ${code}`, show(count)]),
    ['hold, p50 / p99', both(counts.times)],
    [
      'extended / released / abandoned',
      [counts.extended, counts.released, counts.abandoned].map(show).join(' / '),
    ],
    ['sent again, outcome not known', show(http.counts.retries)],
    ['  found done already', show(counts.replayed)],
    ['  never known', show(counts.unknown)],
    ...sockets,
    ['write-behind lag, most', lagSeconds === undefined ? 'not exported here' : `${lagSeconds.toFixed(2)} s`],
    zero('faults of the server', verdict.faults),
    zero('oversold', verdict.oversold),
    zero('ghosts', verdict.ghosts),
    zero('drift', verdict.drift),
    verifyRow(verdict),
  ];
}

function verifyRow({ verify: { state, said } }: Verdict): Row {
  if (state === 'not run') return ['verify', `not run: ${said}`];
  return ['verify', said, state === 'ok' ? 'ok' : 'bad'];
}

export function tableText(rows: readonly Row[], color: boolean): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  const paint = { ok: '\u001b[32m', bad: '\u001b[31m' };
  return rows
    .map(([name, value, state]) => {
      const shown = color && state ? `${paint[state]}${value}\u001b[0m` : value;
      return `  ${name.padEnd(width)}  ${shown}\n`;
    })
    .join('');
}
