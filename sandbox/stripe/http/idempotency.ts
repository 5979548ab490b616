/**
 * Results kept by idempotency key for 24 hours. A key stands for one call: another endpoint or other parameters under it are
 * refused, and so is the same call while the first one is still under way.
 */
import { createHash } from 'node:crypto';
import { StripeFault } from '../core/errors.ts';
import { canonicalForm } from './form.ts';

export type Result = { status: number; body: string; requestId: string };
export type KeptResult = Result & { key: string; path: string; parameters: string; at: number };

const keptMs = 24 * 60 * 60 * 1000;
const keyLengthMax = 255;

export class Idempotency {
  /** In the order they were kept. */
  readonly #kept = new Map<string, KeptResult>();
  readonly #underWay = new Set<string>();
  onKeep: ((result: KeptResult) => void) | undefined;

  /** The result of this call, if it was made before; else the key is taken until `end`. @throws StripeFault */
  begin(key: string, path: string, body: string, now: number): Result | undefined {
    if (key.length > keyLengthMax) {
      throw conflict(400, `Keys for idempotent requests can be at most ${keyLengthMax} characters long.`);
    }
    if (this.#underWay.has(key)) throw keyInUse(key);
    const known = this.#kept.get(key);
    if (known === undefined || known.at + keptMs <= now) {
      this.#underWay.add(key);
      return undefined;
    }
    if (known.path !== path) {
      throw conflict(
        400,
        `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${path}' vs '${known.path}'). Try using a key other than '${key}' if you meant to execute a different request.`,
      );
    }
    if (known.parameters !== digestOf(body)) {
      throw conflict(
        400,
        `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
      );
    }
    return known;
  }

  keep(key: string, path: string, body: string, result: Result, now: number): void {
    this.restore({ ...result, key, path, parameters: digestOf(body), at: now });
    this.onKeep?.(this.#kept.get(key)!);
    for (const [oldest, { at }] of this.#kept) {
      if (at + keptMs > now) break;
      this.#kept.delete(oldest);
    }
  }

  restore(result: KeptResult): void {
    this.#kept.delete(result.key);
    this.#kept.set(result.key, result);
  }

  /** All that would still be answered at `now`. */
  *all(now: number): Generator<KeptResult> {
    for (const result of this.#kept.values()) if (result.at + keptMs > now) yield result;
  }

  /** The call has ended, kept or not. */
  end(key: string): void {
    this.#underWay.delete(key);
  }
}

export function keyInUse(key: string): StripeFault {
  return conflict(
    409,
    `There is currently another in-progress request using this Idempotency Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
    'idempotency_key_in_use',
  );
}

function conflict(status: number, message: string, code?: string): StripeFault {
  return new StripeFault(status, { type: 'idempotency_error', message, ...(code ? { code } : {}) }, false);
}

function digestOf(body: string): string {
  return createHash('sha256').update(canonicalForm(body)).digest('base64');
}
