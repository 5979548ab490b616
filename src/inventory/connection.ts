/**
 * The one way Holdfast connects to Redis, and what each failure means for the command that met it.
 *
 * The options matter: with the client's defaults a command whose reply was cut off is sent again, and holds twice. Here a
 * lost reply is an unknown outcome, which the caller settles by sending the same operation id again.
 */
import { Redis } from 'ioredis';
import { Fault } from '../domain/faults.ts';

const commandTimeoutMs = 2_000;
const connectTimeoutMs = 1_000;
const reconnectMaxMs = 500;

export const connectionOptions = {
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  enableOfflineQueue: false,
  commandTimeout: commandTimeoutMs,
  connectTimeout: connectTimeoutMs,
  retryStrategy: (attempt: number) => Math.min(20 * 2 ** Math.min(attempt, 6), reconnectMaxMs),
};

/** Connects in the background and keeps trying; commands fail at once while it is not connected. */
export function connectRedis(url: string, onError: (error: Error) => void): Redis {
  const redis = new Redis(url, connectionOptions);
  redis.on('error', onError);
  return redis;
}

/** Replies that Redis gives instead of running the command. */
const notRun =
  /^(LOADING|BUSY|OOM|READONLY|MASTERDOWN|MISCONF|NOREPLICAS|CLUSTERDOWN|TRYAGAIN|NOAUTH|WRONGPASS|NOPERM)\b/;

export function redisFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (message.startsWith('NOSCRIPT')) {
    return new Fault('fenced', 'Redis does not have the scripts of this epoch', { cause: error });
  }
  // The journal of a newer epoch refuses the entry of an older one, before anything was written.
  if (message.includes('XADD is equal or smaller')) {
    return new Fault('fenced', 'The journal belongs to a newer epoch', { cause: error });
  }
  if (message.startsWith('FENCED')) {
    return new Fault('fenced', 'The journal is missing', { cause: error });
  }
  if (notRun.test(message)) {
    return new Fault('inventory_unavailable', `Redis did not run the command: ${message}`, { cause: error });
  }
  if (message.includes("isn't writeable")) {
    return new Fault('inventory_unavailable', 'Redis is not connected', { cause: error });
  }
  return new Fault('outcome_unknown', `The reply of Redis was lost: ${message}`, { cause: error });
}
