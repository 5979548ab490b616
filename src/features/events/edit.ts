/** Edit: what people read about an event. Sale and stock have verbs of their own. */
import { z } from 'zod';
import type { EventId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { inTransaction } from '../../persistence/database.ts';
import { editEventTexts, lockedVersion } from '../../persistence/queries/edits.ts';
import { type EventRecord, eventById } from '../../persistence/queries/events.ts';
import type { Ctx } from '../context.ts';
import { instant, longText, shortText } from '../input.ts';
import { timeZone } from './create.ts';
import { type Expected, isExpected } from './expected.ts';

export const editEventInput = z
  .strictObject({
    name: shortText,
    venue: longText(200),
    startsAt: instant,
    timeZone,
    rotatingCodes: z.boolean(),
  })
  .partial()
  .refine((given) => Object.values(given).some((value) => value !== undefined), 'must change something');
export type EditEventInput = z.output<typeof editEventInput>;

export async function editEvent(
  ctx: Ctx,
  event: EventId,
  input: EditEventInput,
  expected: Expected,
): Promise<{ status: 'edited'; event: EventRecord } | Refusal> {
  const outcome = await inTransaction(ctx.db, { role: 'app' }, async (tx) => {
    const version = await lockedVersion(tx, { event });
    if (version === undefined) return 'event_unknown';
    if (!isExpected(expected, version)) return 'version_conflict';
    await editEventTexts(tx, event, input);
    return 'edited';
  });
  if (outcome !== 'edited') return { status: outcome };
  ctx.catalog.forget(event);
  const edited = await eventById(ctx.db, event);
  return edited ? { status: 'edited', event: edited } : { status: 'event_unknown' };
}
