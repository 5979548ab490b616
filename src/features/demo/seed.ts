/**
 * Seed: the demo events, created and on sale. Again is the same: all of an id but its date is derived from the event's key, so an
 * earlier seed is found. The date is today's, for the holds of an event are stored by its month.
 */
import { derivedUuid, type OpId, showId } from '../../domain/ids.ts';
import { isRefusal } from '../../domain/refusals.ts';
import { eventByTail } from '../../persistence/queries/events.ts';
import type { Ctx } from '../context.ts';
import { create, eventIdFor } from '../events/create.ts';
import { publish } from '../events/publish.ts';
import { demoEvents } from './events.ts';

export type Seeded = { id: string; name: string; tiers: { id: string; name: string; capacity: number }[] };

/** `xxxxxxxx-xxxx-`: the 48 bits of a UUIDv7 that are its time. */
const dateDigits = 14;

/** Needs partitions that are open and a worker that applies. Throws a fault while they are not. */
export async function seedDemo(ctx: Ctx): Promise<Seeded[]> {
  const seeded: Seeded[] = [];
  for (const { key, input } of demoEvents) {
    const op = derivedUuid('0000000000008000', 'demo', key) as OpId;
    const known = await eventByTail(ctx.db, eventIdFor(op, 0).slice(dateDigits));
    const event = known ?? (await create(ctx, input, op, ctx.clock.now())).record;
    const outcome = await publish(ctx, event.event);
    // An operator may have ended a demo event for good: then it stays ended.
    if (isRefusal(outcome) && outcome.status !== 'event_retired') {
      throw new Error(`the demo event ${event.name} could not be published: ${outcome.status}`);
    }
    seeded.push({
      id: showId('event', event.event),
      name: event.name,
      tiers: event.lines
        .filter(({ kind }) => kind === 'tier')
        .map(({ line, name, capacity }) => ({ id: showId('tier', line), name, capacity })),
    });
  }
  return seeded;
}
