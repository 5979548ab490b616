/**
 * The configuration: read once from the environment, checked whole, every error listed at once. Only src/main.ts reads
 * process.env; everybody else is given a Config. Units are in the names; each default has its reason beside it.
 *
 * For every name, NAME_FILE names a file that holds the value. What neither names is looked for in the data folder, where
 * `holdfast dev` keeps its keys and the addresses of the servers it started.
 */
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { checkoutSettings } from './checkout-settings.ts';
import { readConnections } from './connections.ts';
import { httpConfig, httpProblems, httpSettings } from './http-settings.ts';
import { jobConfig, jobSettings } from './job-settings.ts';
import { type KeyName, readKey } from './keys.ts';
import { logLevels } from './log.ts';
import { mailConfig, mailProblems, mailSettings } from './mail-settings.ts';
import { paymentConfig, paymentProblems, paymentSettings } from './payment-settings.ts';
import { exitCodes, Trouble } from './trouble.ts';

export type Environment = Record<string, string | undefined>;

function whole(from: number, to: number, otherwise: number) {
  return z.coerce
    .number(`must be a whole number from ${from} to ${to}`)
    .int()
    .min(from)
    .max(to)
    .default(otherwise);
}

function address(schemes: string[]) {
  const shape = `must be an address such as ${schemes[0]}://user:password@host:port`;
  return z
    .string()
    .refine((text) => URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1)), shape);
}

const secret = z
  .string()
  .min(32, 'must have at least 32 characters')
  .regex(/^\S+$/, 'must not contain spaces');

/** Whether the text is one private key or more, and nothing else. */
function areEd25519(text: string): boolean {
  const pem = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\s*/g;
  const keys = text.match(pem) ?? [];
  if (keys.length === 0 || text.replace(pem, '').trim() !== '') return false;
  try {
    return keys.every((key) => createPrivateKey(key).asymmetricKeyType === 'ed25519');
  } catch {
    return false;
  }
}

const schema = z.object({
  /** Where `dev` keeps keys, data and logs. */
  HOLDFAST_DATA_DIR: z.string().min(1).default('.data'),
  /** A redis-server or valkey-server that is not on the PATH; for `dev` and tests. */
  HOLDFAST_REDIS_SERVER: z.string().min(1).optional(),
  /** Loopback: nobody else reaches a first try by accident. A container sets 0.0.0.0. */
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: whole(0, 65_535, 8080),
  /** Where people reach this server; https makes the session cookie Secure. */
  PUBLIC_URL: address(['https', 'http']).optional(),
  LOG_LEVEL: z.enum(logLevels).default('info'),
  /** auto: readable lines on a terminal, JSON elsewhere. */
  LOG_FORMAT: z.enum(['auto', 'json', 'pretty']).default('auto'),
  /** Container platforms kill after 30 s by default; this leaves them room. */
  SHUTDOWN_GRACE_MS: whole(100, 600_000, 10_000),
  REDIS_URL: address(['redis', 'rediss']).optional(),
  DATABASE_URL: address(['postgres', 'postgresql']).optional(),
  /** Fixed for the life of a deployment: an event's partition is a hash of its id modulo this. */
  PARTITIONS: whole(1, 1_024, 16),
  /** Connections per process: 100 are Postgres's default in all, a server and a worker with migrations stay far below. */
  PG_POOL_MAX: whole(1, 1_000, 10),
  /** No query of ours takes longer in health; one that does must not keep a connection. */
  PG_STATEMENT_TIMEOUT_MS: whole(100, 600_000, 5_000),
  /** As in the system this replaces: a quarter of an hour. */
  HOLD_TTL_SECONDS: whole(5, 86_400, 900),
  HOLD_EXTEND_SECONDS: whole(1, 86_400, 180),
  HOLD_EXTENSIONS_MAX: whole(0, 100, 10),
  /** A hold may be extended when it ends within this time: two minutes is when the page starts to warn. */
  HOLD_EXTEND_WINDOW_SECONDS: whole(1, 86_400, 120),
  /** How often due holds are looked for. Correctness does not depend on it: a reserve reclaims what it needs. */
  HOLD_SWEEP_INTERVAL_MS: whole(10, 60_000, 250),
  /** How often the live channels of an event move at most: people see four steps a second as movement. */
  WS_TICK_MS: whole(20, 10_000, 250),
  /** Below the half minute after which proxies commonly cut a silent connection. */
  WS_PING_SECONDS: whole(1, 300, 25),
  /** A socket with more unread bytes is cut; values are skipped for it long before. */
  WS_MAX_BUFFER_BYTES: whole(65_536, 67_108_864, 1_048_576),
  /** At 20 KB a socket 300 MB; below the 20,000 connections of the HTTP server, so that requests find room. */
  WS_MAX_CONNECTIONS: whole(1, 1_000_000, 15_000),
  /** Comma-separated; the first signs, all verify. */
  SESSION_KEYS: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(secret).min(1))
    .optional(),
  SESSION_TTL_SECONDS: whole(60, 31_536_000, 30 * 86_400),
  /** Ed25519 private keys in PEM, one after the other; the first signs, all verify. */
  TICKET_SIGNING_KEY: z.string().refine(areEd25519, 'must be Ed25519 private keys in PEM').optional(),
  ADMISSION_KEY: secret.optional(),
  ADMIN_KEY: secret.optional(),
  PSEUDONYM_KEY: secret.optional(),
  /** Events with series of their own; each has at most 100 tiers with 4 states. */
  METRICS_MAX_EVENTS: whole(1, 1_000, 20),
  ...httpSettings,
  ...paymentSettings,
  ...mailSettings,
  ...jobSettings,
  ...checkoutSettings,
});

type Name = keyof typeof schema.shape;
export const settingNames = Object.keys(schema.shape) as Name[];

/** What a setting is when nobody sets it, as one would write it in the environment; undefined when it has no default. */
export function defaultOf(name: Name): string | undefined {
  const { data } = schema.shape[name].safeParse(undefined);
  return data === undefined ? undefined : String(data);
}

const fromKeys: Partial<Record<Name, KeyName>> = {
  SESSION_KEYS: 'session',
  TICKET_SIGNING_KEY: 'ticket-signing',
  ADMISSION_KEY: 'admission',
  ADMIN_KEY: 'admin',
  PSEUDONYM_KEY: 'pseudonym',
};

/** Every setting's text, wherever it came from, and what was wrong with looking for it. */
function gather(env: Environment): { values: Record<string, string>; problems: string[] } {
  const values: Record<string, string> = {};
  const problems: string[] = [];
  for (const name of settingNames) {
    // An empty variable is how a shell or a compose file says "not set".
    const value = env[name] || undefined;
    const file = env[`${name}_FILE`] || undefined;
    if (value !== undefined && file !== undefined)
      problems.push(`${name} and ${name}_FILE are both set; keep one`);
    else if (value !== undefined) values[name] = value;
    else if (file !== undefined) {
      try {
        values[name] = readFileSync(file, 'utf8').trim();
      } catch {
        problems.push(`${name}_FILE names ${file}, which cannot be read`);
      }
    }
  }
  return { values, problems };
}

function fillFromDataDir(values: Record<string, string>, dataDir: string): void {
  for (const [name, key] of Object.entries(fromKeys)) {
    const text = values[name] ?? readKey(dataDir, key);
    if (text !== undefined) values[name] = text;
  }
  const running = readConnections(dataDir);
  if (!running) return;
  values['REDIS_URL'] ??= running.redisUrl;
  values['DATABASE_URL'] ??= running.databaseUrl;
  // The sandbox is for who has set nothing: beside a key of somebody's own, half of it would be worse than nothing.
  if (
    !running.sandbox ||
    Object.keys(paymentSettings).some((name) => /^STRIPE_/.test(name) && name in values)
  )
    return;
  values['STRIPE_SECRET_KEY'] = running.sandbox.secretKey;
  values['STRIPE_WEBHOOK_SECRET'] = running.sandbox.webhookSecret;
  values['STRIPE_API_BASE'] = running.sandbox.url;
}

export type Config = ReturnType<typeof loadConfig>;

/**
 * Throws Trouble that lists everything that is wrong. `env` is the environment; `given` tells which addresses came from it
 * and not from a running `holdfast dev`.
 */
export function loadConfig(env: Environment) {
  const { values, problems } = gather(env);
  const given = {
    redisUrl: values['REDIS_URL'] !== undefined,
    databaseUrl: values['DATABASE_URL'] !== undefined,
  };
  const dataDir = resolve(values['HOLDFAST_DATA_DIR'] ?? '.data');
  fillFromDataDir(values, dataDir);
  problems.push(...httpProblems(values), ...paymentProblems(values), ...mailProblems(values));
  const parsed = schema.safeParse(values);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) problems.push(`${issue.path[0]?.toString()}: ${issue.message}`);
  }
  if (problems.length > 0 || !parsed.success) {
    const list = problems.map((problem) => `\n  - ${problem}`).join('');
    throw new Trouble(
      `the configuration has ${problems.length} error${problems.length === 1 ? '' : 's'}:${list}`,
      'Correct these environment variables; docs/configuration.md lists all of them.',
      exitCodes.usage,
    );
  }
  const set = parsed.data;
  return {
    dataDir,
    given,
    redisServer: set.HOLDFAST_REDIS_SERVER,
    path: env['PATH'] ?? '',
    host: set.HOST,
    port: set.PORT,
    publicUrl: set.PUBLIC_URL,
    logLevel: set.LOG_LEVEL,
    logFormat: set.LOG_FORMAT,
    shutdownGraceMs: set.SHUTDOWN_GRACE_MS,
    redisUrl: set.REDIS_URL,
    databaseUrl: set.DATABASE_URL,
    partitions: set.PARTITIONS,
    pgPoolMax: set.PG_POOL_MAX,
    pgStatementTimeoutMs: set.PG_STATEMENT_TIMEOUT_MS,
    hold: {
      ttlMs: set.HOLD_TTL_SECONDS * 1_000,
      extensionMs: set.HOLD_EXTEND_SECONDS * 1_000,
      extensionsMax: set.HOLD_EXTENSIONS_MAX,
      extensionWindowMs: set.HOLD_EXTEND_WINDOW_SECONDS * 1_000,
      sweepIntervalMs: set.HOLD_SWEEP_INTERVAL_MS,
    },
    realtime: {
      tickMs: set.WS_TICK_MS,
      pingMs: set.WS_PING_SECONDS * 1_000,
      bufferBytesMax: set.WS_MAX_BUFFER_BYTES,
      connectionsMax: set.WS_MAX_CONNECTIONS,
      origins: set.CORS_ORIGINS,
    },
    sessionTtlMs: set.SESSION_TTL_SECONDS * 1_000,
    metricsMaxEvents: set.METRICS_MAX_EVENTS,
    http: httpConfig(set),
    payments: paymentConfig(set),
    mail: mailConfig(set),
    checkout: { intentMs: set.CHECKOUT_INTENT_SECONDS * 1_000 },
    jobs: jobConfig(set),
    keys: {
      session: set.SESSION_KEYS,
      ticketSigning: set.TICKET_SIGNING_KEY,
      admission: set.ADMISSION_KEY,
      admin: set.ADMIN_KEY,
      pseudonym: set.PSEUDONYM_KEY,
    },
  };
}

/** The values, or Trouble that names every setting of the list that is missing, and the folder it was looked for in. */
export function required<Values extends Record<string, unknown>>(
  { dataDir }: Pick<Config, 'dataDir'>,
  values: Values,
): { [Name in keyof Values]: NonNullable<Values[Name]> } {
  const missing = Object.keys(values).filter((name) => values[name] === undefined);
  if (missing.length > 0) {
    throw new Trouble(
      `not set: ${missing.join(', ')}`,
      `Set them (or NAME_FILE). Looked for in ${dataDir} too, where "npm start" makes keys and, while it runs, says where its Redis and Postgres are; HOLDFAST_DATA_DIR names another folder.`,
      exitCodes.usage,
    );
  }
  return values as { [Name in keyof Values]: NonNullable<Values[Name]> };
}
