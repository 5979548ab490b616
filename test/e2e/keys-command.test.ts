/** `holdfast keys` and `holdfast openapi`, as people type them. */
import { expect, test } from 'vitest';
import { openApi } from '../../src/server/api/index.ts';
import { freshDatabase } from '../support/database.ts';
import { dataDir, runHoldfast } from '../support/holdfast.ts';

test('a key is shown once, listed without itself, revoked once, and its name is given once', async () => {
  const env = { DATABASE_URL: await freshDatabase(), HOLDFAST_DATA_DIR: await dataDir() };
  const keys = (...args: string[]) => runHoldfast(['keys', ...args], env);
  const made = await keys('create', '--name', 'box-office', '--scope', 'events:read', 'inventory:write');
  expect([made.code, made.stdout]).toEqual([0, expect.stringMatching(/^sk_org_[\w-]{43}\n$/)]);
  expect(made.stderr).toContain('box-office: events:read, inventory:write');
  const listed = await keys('list');
  expect(listed.stdout).toMatch(/^box-office +20.* events:read inventory:write\n$/);
  expect(listed.stdout).not.toContain('sk_org_');
  expect((await keys('revoke', 'box-office')).code).toBe(0);
  expect((await keys('revoke', 'box-office')).code).toBe(3);
  expect((await keys('list', '--json')).stdout).toMatch(/"revokedAt": "20/);
  const rows: [string[], RegExp][] = [
    [['--name', 'box-office', '--scope', 'events:read'], /the name box-office is taken/],
    [['--name', 'admin', '--scope', 'events:read'], /the name admin is taken/],
    [['--name', 'Box Office', '--scope', 'events:read'], /cannot be the name of a key/],
    [['--name', 'gate', '--scope', 'everything'], /"everything" is no scope/],
  ];
  for (const [args, said] of rows) {
    const refused = await keys('create', ...args);
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toMatch(said);
  }
}, 120_000);

test('openapi prints the document that the server answers with', async () => {
  const printed = await runHoldfast(['openapi']);
  expect(printed.code).toBe(0);
  const { info, ...document } = JSON.parse(printed.stdout);
  const { info: _, ...own } = openApi('any');
  expect(document).toEqual(JSON.parse(JSON.stringify(own)));
  expect(info.version).toMatch(/^\d+\.\d+\.\d+$/);
}, 60_000);
