import { expect, test } from 'vitest';
import { createLifecycle } from './lifecycle.ts';
import { createLog } from './log.ts';

function lifecycleWithLog(before?: () => Promise<unknown>) {
  const lines: string[] = [];
  const log = createLog({ name: 'test', level: 'info', pretty: false, write: (line) => lines.push(line) });
  return { lifecycle: createLifecycle(log, before), lines };
}

test('steps run once, last registered first, and a failing one does not keep the others', async () => {
  const { lifecycle, lines } = lifecycleWithLog();
  const ran: string[] = [];
  lifecycle.onStop('pools', () => ran.push('pools'), 1_000);
  lifecycle.onStop('journal', () => Promise.reject(new Error('no')), 1_000);
  lifecycle.onStop('server', () => ran.push('server'), 1_000);
  await Promise.all([lifecycle.stop('SIGTERM'), lifecycle.stop('SIGINT')]);
  await lifecycle.stopped;
  expect(ran).toEqual(['server', 'pools']);
  expect(lines.join('')).toContain('"step":"journal"');
  expect(lifecycle.stopping()).toBe(true);
});

test('a step that hangs is left after its bound', async () => {
  const { lifecycle, lines } = lifecycleWithLog();
  const ran: string[] = [];
  lifecycle.onStop('last', () => ran.push('last'), 1_000);
  lifecycle.onStop('hangs', () => new Promise(() => {}), 20);
  await lifecycle.stop('SIGTERM');
  expect(ran).toEqual(['last']);
  expect(lines.join('')).toContain('took too long');
});

test('a stop during the start waits for what is still starting, and stops that too', async () => {
  const ran: string[] = [];
  const { lifecycle } = lifecycleWithLog(async () => {
    lifecycle.onStop('late', () => ran.push('late'), 1_000);
  });
  lifecycle.onStop('early', () => ran.push('early'), 1_000);
  await lifecycle.stop('SIGINT');
  expect(ran).toEqual(['late', 'early']);
});
