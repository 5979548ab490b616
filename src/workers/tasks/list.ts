/**
 * What a task is to the runner: a function by the name of src/domain/tasks.ts, and the shape of what it is given. A payload
 * came from a table that others write too, so it is checked before it is believed.
 */
import { z } from 'zod';
import { isUuid } from '../../domain/ids.ts';
import type { TaskName, Tasks } from '../../domain/tasks.ts';
import type { InQueue } from '../../features/jobs/queues.ts';

/** What a task may ask of whoever runs it. */
export type Around = {
  /** Keeps jobs of that queue, and other work in it, from running meanwhile. */
  inQueue: InQueue;
  /** What takes long ends when it can and leaves the rest to another job. */
  isStopping(): boolean;
};

/** May run twice, and at the same time as itself for another payload. Throws when it is to be tried again. */
export type Task<Name extends TaskName> = (payload: Tasks[Name], around: Around) => Promise<void>;

/** Jobs of a task that is not in the list wait for a process that has it. */
export type TaskList = { [Name in TaskName]?: Task<Name> };

/** As the rest of the house reads ids: what the provider was told may be of no version that a stricter reader knows. */
const uuid = z.string().refine(isUuid, 'Invalid UUID');

export const payloads: { [Name in TaskName]: z.ZodType<Tasks[Name]> } = {
  settle_events: z.object({
    told: z.array(z.object({ event: z.string().min(1), order: uuid })).min(1),
  }),
  settle_event: z.object({ event: z.string().min(1) }),
  settle_order: z.object({ order: uuid }),
  carry_out_refund: z.object({ refund: uuid }),
  refund_event: z.object({ event: uuid }),
  capture_payment: z.object({ order: uuid }),
  send_mail: z.object({ mail: uuid }),
  send_mails: z.object({ mails: z.array(uuid).min(1) }),
  reconcile: z.object({ reconciliation: uuid }),
  reconcile_nightly: z.object({}),
  audit_monthly: z.object({}),
  prune: z.object({}),
  refresh_sales_velocity: z.object({}),
};

export const taskNames = Object.keys(payloads) as TaskName[];
