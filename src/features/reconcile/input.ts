/** What an operator may ask of the reconciliation. */
import { z } from 'zod';
import { type EventId, readId } from '../../domain/ids.ts';
import { jobStates } from '../jobs/list.ts';

const digits = (max: number, otherwise: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/, 'must be a whole number in plain digits')
    .transform(Number)
    .pipe(z.int().max(max))
    .meta({ description: `Plain digits, at most ${max}.` })
    .default(otherwise);

export const reconcileInput = z.strictObject({
  eventId: z
    .string()
    .transform((text, context) => {
      const id = readId('event', text);
      if (id !== undefined) return id as EventId;
      context.addIssue({ code: 'custom', message: 'must be the id of an event' });
      return z.NEVER;
    })
    .optional(),
  mode: z.enum(['dry-run', 'fix']).default('dry-run'),
});

export const reportQuery = z.strictObject({ fresh: z.enum(['0', '1']).default('0') });
export const runsQuery = z.strictObject({ limit: digits(100, 20) });
export const findingsQuery = z.strictObject({ after: digits(999_999, 0) });
export const jobsQuery = z.strictObject({
  state: z.enum(jobStates).optional(),
  task: z
    .string()
    .regex(/^[a-z_]{1,64}$/, 'must be the name of a task')
    .optional(),
  limit: digits(1_000, 100),
});
