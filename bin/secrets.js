#!/usr/bin/env node
// `npm run secrets`: makes the secrets of docker-compose.yml in ./secrets, once; what is there stays. Plain Node without
// packages, so that it also runs in a bare container: docker run --rm -v "$PWD:/app" -w /app node:24 node bin/secrets.js
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const dir = resolve(process.argv[2] ?? 'secrets');
mkdirSync(dir, { recursive: true });
// The folder keeps others on this machine out; the files are readable because a container's user has another uid.
chmodSync(dir, 0o700);

const random = () => randomBytes(32).toString('base64url');
const redisPassword = once('redis_password', random);
const postgresPassword = once('postgres_password', random);
once('redis_url', () => `redis://:${redisPassword}@redis:6379`);
once('database_url', () => `postgres://holdfast:${postgresPassword}@postgres:5432/holdfast`);
once('session_keys', random);
once('admin_key', () => `sk_admin_${random()}`);
once('pseudonym_key', random);
once('grafana_password', random);

/** The text of a secret, made when it is not there. */
function once(name, make) {
  const file = join(dir, name);
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const text = make();
  writeFileSync(file, text, { mode: 0o444, flag: 'wx' });
  console.log(`made ${file}`);
  return text;
}
