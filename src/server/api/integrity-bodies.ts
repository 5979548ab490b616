/** The JSON of what operators ask for: jobs, the books, and their reconciliations. */
import { z } from 'zod';
import { bodies } from './bodies.ts';

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const id = (prefix: string) => z.string().regex(new RegExp(`^${prefix}_${uuid}$`));
const instant = z.iso.datetime();
const count = z.int().min(0);

const job = z
  .object({
    id: z.string().regex(/^\d+$/),
    task: z.string(),
    payload: z.unknown().describe('Ids only'),
    state: z.enum(['running', 'waiting', 'dead']),
    attempts: count,
    attemptsMax: z.int().min(1),
    runAt: instant,
    createdAt: instant,
    lastError: z.string().nullable(),
  })
  .register(bodies, { id: 'Job' });

export const jobList = z.object({ jobs: z.array(job) }).register(bodies, { id: 'JobList' });

const kind = z.enum(['full', 'event', 'audit']);

export const integrityReport = z
  .object({
    at: instant,
    status: z.enum(['ok', 'findings']),
    lastRuns: z.array(z.object({ kind, finishedAt: instant })),
    open: z
      .array(
        z.object({
          check: z.string(),
          currency: z.string().nullable(),
          findings: count,
          units: z.number().describe('Tickets, or minor units of the currency'),
        }),
      )
      .describe('What the last full reconciliation left open'),
    deadJobs: count,
    counters: z
      .object({ events: count, notCompared: count, ghostUnits: count, driftUnits: count })
      .nullable()
      .describe('Redis beside the ledger at this moment; with `fresh=1` only'),
  })
  .register(bodies, { id: 'IntegrityReport' });

const runFields = {
  id: id('rec'),
  kind,
  mode: z.enum(['dry-run', 'fix']),
  eventId: id('evt').nullable(),
  requestedBy: z.string(),
  requestedAt: instant,
  status: z.enum(['waiting', 'running', 'done', 'failed', 'replaced']),
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
  checked: z.record(z.string(), count).describe('How much was looked at, by check'),
  findings: count,
  repaired: count,
  error: z.string().nullable(),
};

export const reconciliation = z.object(runFields).register(bodies, { id: 'Reconciliation' });

export const reconciliationList = z
  .object({ reconciliations: z.array(reconciliation) })
  .register(bodies, { id: 'ReconciliationList' });

export const reconciliationReport = z
  .object({
    ...runFields,
    found: z
      .array(
        z.object({
          check: z.string(),
          subject: z.string(),
          eventId: id('evt').nullable(),
          tierId: id('tier').nullable(),
          orderId: id('ord').nullable(),
          ticketId: id('tkt').nullable(),
          units: z.number(),
          cause: z.string(),
          repair: z.string(),
          outcome: z.enum(['found', 'repaired', 'queued', 'failed', 'manual']),
          detail: z.record(z.string(), z.unknown()),
        }),
      )
      .describe('At most 1,000; `after` passes by as many'),
  })
  .register(bodies, { id: 'ReconciliationReport' });
