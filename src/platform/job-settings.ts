/** Settings of what the worker does later and again: jobs, and the nightly reconciliation. */
import { z } from 'zod';

const zone = z.string().refine((text) => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }) !== undefined;
  } catch {
    return false;
  }
}, 'must be a time zone such as Europe/Berlin, or UTC');

export const jobSettings = {
  /** A job waits for others most of its time. At 200 a second of 20 ms each, 10 leave p95 at 255 ms until one begins, 20 at 64.
   * One that settles what was stored together lasts until its tickets are there, a third of a second. */
  TASKS_CONCURRENCY: z.coerce
    .number('must be a whole number from 1 to 100')
    .int()
    .min(1)
    .max(100)
    .default(32),
  /** 02:00, as in the system this replaces: the hour in which least is sold. */
  RECONCILE_HOUR: z.coerce.number('must be a whole number from 0 to 23').int().min(0).max(23).default(2),
  RECONCILE_ZONE: zone.default('UTC'),
  /** Whoever paid does not wait for somebody to read a report; a fix is only ever what the system does by itself anyway. */
  RECONCILE_MODE: z.enum(['fix', 'dry-run']).default('fix'),
  /** Where a worker answers /metrics; it does not without one. */
  WORKER_METRICS_PORT: z.coerce
    .number('must be a whole number from 1 to 65535')
    .int()
    .min(1)
    .max(65_535)
    .optional(),
};

type Set = z.output<z.ZodObject<typeof jobSettings>>;

export function jobConfig(set: Set) {
  return {
    concurrency: set.TASKS_CONCURRENCY,
    nightly: { hour: set.RECONCILE_HOUR, zone: set.RECONCILE_ZONE, mode: set.RECONCILE_MODE },
    metricsPort: set.WORKER_METRICS_PORT,
  };
}
