/** The manifest of an event for scanners without a network, a page at a time. */
import { z } from 'zod';
import { type EventId, readId, showId, type TicketId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { signedManifest } from '../../domain/ticket-manifest.ts';
import { manifestHead, manifestRows } from '../../persistence/queries/checkins.ts';
import type { Ctx } from '../context.ts';
import type { Doors } from './scan.ts';

export const manifestPageMax = 5_000;

export const manifestInput = z.strictObject({
  limit: z
    .string()
    .regex(/^[1-9][0-9]{0,3}$/, `must be a whole number from 1 to ${manifestPageMax}`)
    .transform(Number)
    .pipe(z.number().max(manifestPageMax))
    .default(manifestPageMax),
  after: z
    .string()
    .transform((text, context) => {
      const id = readId('ticket', text);
      if (id !== undefined) return id as TicketId;
      context.addIssue({ code: 'custom', message: 'must be what `next` of the page before says' });
      return z.NEVER;
    })
    .optional(),
});

export type Manifest = {
  status: 'manifest';
  version: number;
  next: TicketId | undefined;
  page: { manifest: string; kid: string; signature: string };
};
export type Unchanged = { status: 'unchanged'; version: number };

/**
 * `knows` tells whether the caller has this page of that version already: then nothing is read or signed. The version is read
 * before the rows, so a page may be newer than it says and never older.
 */
export async function showManifest(
  ctx: Ctx,
  doors: Doors,
  event: EventId,
  { limit, after }: z.output<typeof manifestInput>,
  knows: (version: number) => boolean,
): Promise<Manifest | Unchanged | Refusal<'event_unknown'>> {
  if (doors.events !== 'all' && !doors.events.includes(event)) return { status: 'event_unknown' };
  const head = await manifestHead(ctx.db, event);
  if (head === undefined) return { status: 'event_unknown' };
  const { version, rotates } = head;
  if (knows(version)) return { status: 'unchanged', version };
  const rows = await manifestRows(ctx.db, event, { after, limit: limit + 1 });
  const tickets = rows.slice(0, limit);
  const next = rows.length > limit ? tickets.at(-1)?.ticket : undefined;
  const shown = (id: TicketId | undefined) => (id === undefined ? '' : showId('ticket', id));
  const page = signedManifest(ctx.tickets.keys, {
    event,
    version,
    at: ctx.clock.now(),
    rotates,
    after: shown(after),
    next: shown(next),
    tickets,
  });
  return { status: 'manifest', version, next, page };
}
