/** List: the events that are open, oldest id first, a page at a time. */
import { z } from 'zod';
import { type EventId, readId } from '../../domain/ids.ts';
import {
  allEvents,
  type EventSummary,
  type ListedRecord,
  publishedEvents,
} from '../../persistence/queries/events.ts';
import { type SharedRead, sharedRead } from '../../platform/shared-read.ts';
import type { Ctx } from '../context.ts';

export const pageMax = 100;

export const listInput = z.strictObject({
  /** Digits and nothing else: a lenient reader would take 0x10 for 16, and a blank for 0. */
  limit: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, 'must be a whole number in plain digits')
    .transform(Number)
    .pipe(z.int().max(pageMax))
    .meta({ description: `How many, in plain digits: 1 to ${pageMax}.` })
    .default(50),
  after: z
    .string()
    .transform((text, context) => {
      const id = readId('event', text);
      if (id !== undefined) return id as EventId;
      context.addIssue({ code: 'custom', message: 'must be the id of an event' });
      return z.NEVER;
    })
    .optional(),
});
export type ListInput = z.output<typeof listInput>;

/** `next`: where the following page begins, when there is one. */
export type Page = { events: EventSummary[]; next: EventId | undefined };
export type List = (ctx: Ctx, input: ListInput) => Promise<Page>;

/** For an administrator: drafts too, and as of this moment. */
export async function listRecords(
  ctx: Ctx,
  { limit, after }: ListInput,
): Promise<{ events: ListedRecord[]; next: EventId | undefined }> {
  const events = await allEvents(ctx.db, { after, limit: limit + 1 });
  const shown = events.slice(0, limit);
  return { events: shown, next: events.length > limit ? shown.at(-1)?.event : undefined };
}

/** A crowd that reloads the list costs Postgres one read per page and second. */
export function createList(now: () => number): List {
  const pages: SharedRead<Page> = sharedRead({ freshMs: 1_000, entriesMax: 1_000, now });
  return (ctx, { limit, after }) =>
    pages(`${limit} ${after ?? ''}`, async () => {
      const events = await publishedEvents(ctx.db, { after, limit: limit + 1 });
      const shown = events.slice(0, limit);
      return { events: shown, next: events.length > limit ? shown.at(-1)?.event : undefined };
    });
}
