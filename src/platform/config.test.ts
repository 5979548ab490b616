import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig, required } from './config.ts';
import { keyFile, makeKeys } from './keys.ts';
import { Trouble } from './trouble.ts';

function emptyDir(): string {
  return mkdtempSync(join(tmpdir(), 'holdfast-config-'));
}

function troubleOf(run: () => unknown): Trouble {
  try {
    run();
  } catch (error) {
    if (error instanceof Trouble) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

test('an empty environment is a whole configuration', () => {
  const config = loadConfig({ HOLDFAST_DATA_DIR: emptyDir() });
  expect(config).toMatchObject({ port: 8080, host: '127.0.0.1', partitions: 16, hold: { ttlMs: 900_000 } });
  expect(config.keys).toEqual({});
});

const pemOf = (kind: 'ec' | 'ed25519') => {
  const { privateKey } =
    kind === 'ec' ? generateKeyPairSync(kind, { namedCurve: 'P-256' }) : generateKeyPairSync(kind);
  return privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
};

test.each([
  [{ PORT: 'eighty' }, 'PORT: must be a whole number from 0 to 65535'],
  [{ PORT: '80.5' }, 'PORT:'],
  [{ PORT: '70000' }, 'PORT:'],
  [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL:'],
  [{ REDIS_URL: 'localhost:6379' }, 'REDIS_URL: must be an address such as redis://'],
  [{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL: must be an address such as postgres://'],
  [{ CORS_ORIGINS: 'tickets.example' }, 'CORS_ORIGINS: must be origins such as https://'],
  [{ CORS_ORIGINS: 'https://tickets.example/path' }, 'CORS_ORIGINS:'],
  [{ WS_TICK_MS: '0' }, 'WS_TICK_MS: must be a whole number from 20 to'],
  [{ SESSION_KEYS: 'short' }, 'SESSION_KEYS: must have at least 32 characters'],
  [{ TICKET_SIGNING_KEY: 'none' }, 'TICKET_SIGNING_KEY: must be Ed25519 private keys in PEM'],
  [{ TICKET_SIGNING_KEY: pemOf('ec') }, 'TICKET_SIGNING_KEY:'],
  [{ TICKET_SIGNING_KEY: `${pemOf('ed25519')}rest` }, 'TICKET_SIGNING_KEY:'],
  [{ ADMIN_KEY_FILE: '/nowhere/at-all' }, 'ADMIN_KEY_FILE names /nowhere/at-all, which cannot be read'],
  [{ ADMIN_KEY: 'a'.repeat(40), ADMIN_KEY_FILE: '/x' }, 'ADMIN_KEY and ADMIN_KEY_FILE are both set'],
])('%o is refused', (env, message) => {
  const trouble = troubleOf(() => loadConfig({ HOLDFAST_DATA_DIR: emptyDir(), ...env }));
  expect(trouble.message).toContain(message);
  expect(trouble.exit).toBe(2);
});

test('every error is listed at once, and no secret is repeated', () => {
  const env = { PORT: 'x', PARTITIONS: '0', DATABASE_URL: 'hunter2', ADMISSION_KEY: 'hunter3' };
  const { message } = troubleOf(() => loadConfig({ HOLDFAST_DATA_DIR: emptyDir(), ...env }));
  expect(message).toContain('4 errors');
  for (const name of Object.keys(env)) expect(message).toContain(name);
  expect(message).not.toMatch(/hunter/);
});

test('a secret is read from a file, and an empty variable is not set', () => {
  const dir = emptyDir();
  writeFileSync(join(dir, 'secret'), `${'k'.repeat(40)}\n`);
  const config = loadConfig({
    HOLDFAST_DATA_DIR: dir,
    PSEUDONYM_KEY: '',
    PSEUDONYM_KEY_FILE: join(dir, 'secret'),
  });
  expect(config.keys.pseudonym).toBe('k'.repeat(40));
});

test('ticket codes may have several keys, one after the other', () => {
  const keys = pemOf('ed25519') + pemOf('ed25519');
  const config = loadConfig({ HOLDFAST_DATA_DIR: emptyDir(), TICKET_SIGNING_KEY: keys });
  expect(config.keys.ticketSigning).toBe(keys);
});

test('keys are taken from the data folder, and the environment wins', () => {
  const dir = emptyDir();
  const keys = makeKeys(dir);
  expect(makeKeys(dir)).toEqual(keys);
  const config = loadConfig({ HOLDFAST_DATA_DIR: dir, ADMIN_KEY_FILE: keyFile(dir, 'session') });
  expect(config.keys.session).toEqual([keys.session]);
  expect(config.keys.ticketSigning).toBe(keys['ticket-signing']);
  expect(config.keys.admin).toBe(keys.session);
});

test('what a command needs and nobody set is named, all of it', () => {
  const trouble = troubleOf(() =>
    required({ dataDir: '/some/where' }, { REDIS_URL: undefined, PORT: 1, ADMIN_KEY: undefined }),
  );
  expect(trouble.message).toBe('not set: REDIS_URL, ADMIN_KEY');
  expect(trouble.fix).toContain('/some/where');
});
