/**
 * The keys of an installation: made once, one file each, readable by their owner only, never logged. Losing one has a
 * price: `session` logs everybody out, `pseudonym` cuts the ledger's buyers loose from their people, the passwords lock
 * the data. So a key is never made anew beside data that needs the old one (see `missingBesideData`).
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, exitCodes, Trouble } from './trouble.ts';

export const keyNames = [
  'session',
  'ticket-signing',
  'admission',
  'admin',
  'pseudonym',
  'redis-password',
  'postgres-password',
  'stripe-secret',
  'stripe-webhook',
] as const;
export type KeyName = (typeof keyNames)[number];
export type Keys = Record<KeyName, string>;

/** 256 bits each. The administrator's has a prefix, so that a scanner finds one that was published by mistake. */
function make(name: KeyName): string {
  switch (name) {
    case 'ticket-signing':
      return generateKeyPairSync('ed25519')
        .privateKey.export({ format: 'pem', type: 'pkcs8' })
        .toString()
        .trim();
    // Of the local sandbox, in the shape of Stripe's own: letters and digits.
    case 'stripe-secret':
      return `sk_test_${randomBytes(24).toString('hex')}`;
    case 'stripe-webhook':
      return `whsec_${randomBytes(24).toString('hex')}`;
    case 'admin':
      return `sk_admin_${randomBytes(32).toString('base64url')}`;
    default:
      return randomBytes(32).toString('base64url');
  }
}

export function keysDir(dataDir: string): string {
  return join(dataDir, 'keys');
}

export function keyFile(dataDir: string, name: KeyName): string {
  return join(keysDir(dataDir), name);
}

/** The key's text, or undefined when it was not made here. Throws Trouble when it was, and is not for us to read. */
export function readKey(dataDir: string, name: KeyName): string | undefined {
  const file = keyFile(dataDir, name);
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch (error) {
    const why = codeOf(error);
    if (why === 'ENOENT' || why === 'ENOTDIR') return undefined;
    throw new Trouble(
      `the key ${file} cannot be read: ${why}`,
      'Run this as the user whose data it is, or set HOLDFAST_DATA_DIR to a folder of your own.',
      exitCodes.failed,
      { cause: error },
    );
  }
}

/** Reads every key, making those that are not there. Two processes at once end up with the same keys. */
export function makeKeys(dataDir: string): Keys {
  const dir = keysDir(dataDir);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  chmodSync(dir, 0o700);
  const made = keyNames.map((name) => {
    const file = keyFile(dataDir, name);
    if (readKey(dataDir, name) === undefined) writeOnce(file, make(name));
    return [name, readFileSync(file, 'utf8').trim()] as const;
  });
  return Object.fromEntries(made) as Keys;
}

/** A link fails when the name is taken, so the file is whole from its first moment and the first writer wins. */
function writeOnce(file: string, text: string): void {
  const half = `${file}.${process.pid}`;
  writeFileSync(half, `${text}\n`, { mode: 0o600 });
  try {
    linkSync(half, file);
  } catch (error) {
    if (!existsSync(file)) throw error;
  } finally {
    rmSync(half, { force: true });
  }
}

/** Keys that are gone though the data they open is there. */
export function missingBesideData(dataDir: string): KeyName[] {
  if (!existsSync(join(dataDir, 'postgres', 'port'))) return [];
  return (['postgres-password', 'pseudonym'] as const).filter((name) => readKey(dataDir, name) === undefined);
}
