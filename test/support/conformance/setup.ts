/**
 * In front of every test file: a test during which a server gave an answer that the OpenAPI document does not know fails, whatever
 * else it asserts. Programs that the file started are asked at its end.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach } from 'vitest';
import { takeFaults } from './recorder.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-answers-'));
process.env['HOLDFAST_TEST_ANSWERS'] = folder;

afterEach(async () => refuse(await takeFaults()));

afterAll(async () => {
  const told = readdirSync(folder).flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'));
  rmSync(folder, { recursive: true, force: true });
  refuse([...(await takeFaults()), ...told.filter((line) => line !== '')]);
});

function refuse(faults: string[]): void {
  const once = [...new Set(faults)];
  if (once.length > 0)
    throw new Error(`answers that the OpenAPI document does not know:\n${once.join('\n')}`);
}
