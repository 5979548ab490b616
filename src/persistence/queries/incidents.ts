/** Matters a person has to decide: opened once each, however often they are noticed, and ended with a sentence. */
import { sql } from 'kysely';
import { derivedUuid } from '../../domain/ids.ts';
import type { Tx } from '../database.ts';
import type { Rows } from '../schema.ts';

export type Incident = {
  /** One word, as docs/incidents.md lists them: oversold_tier, refund_due, amount_wrong, payment_unknown. */
  kind: string;
  severity?: 'critical' | 'warning' | 'info';
  event?: string | null;
  tier?: string | null;
  order?: string | null;
  ticket?: string | null;
  /** What the provider calls the payment. */
  payment?: string | null;
  /** Ids, amounts, what was expected and found. Never a name or an address. */
  detail?: Record<string, unknown>;
  /** Which part of Holdfast noticed it. */
  by: string;
};

/** The same matter, the same id. A matter that may come again after it was ended has its `occurrence` in the id too. */
export function incidentId(incident: Incident, occurrence = ''): string {
  const { kind, event, tier, order, ticket, payment } = incident;
  return derivedUuid(
    '0000000000008000',
    kind,
    ...[event, tier, order, ticket, payment].map((each) => each ?? '-'),
    occurrence,
  );
}

/** Answers its id, and whether it is new. Any role that may insert. */
export async function openIncident(
  tx: Tx,
  incident: Incident,
  occurrence = '',
): Promise<{ id: string; opened: boolean }> {
  const id = incidentId(incident, occurrence);
  // No RETURNING: the app may insert and not read.
  const { numAffectedRows } = await sql`
    INSERT INTO ticketing.incidents (id, kind, severity, event_id, tier_id, order_id, ticket_id, payment_ref, detail, opened_by)
    VALUES (${id}, ${incident.kind}, ${incident.severity ?? 'critical'}, ${incident.event ?? null}, ${incident.tier ?? null},
      ${incident.order ?? null}, ${incident.ticket ?? null}, ${incident.payment ?? null},
      ${JSON.stringify(incident.detail ?? {})}::jsonb, ${incident.by})
    ON CONFLICT DO NOTHING`.execute(tx);
  return { id, opened: (numAffectedRows ?? 0n) > 0n };
}

/** Ends one. Answers false when it is not open. As worker. */
export async function resolveIncident(
  tx: Tx,
  id: string,
  end: { by: string; resolution: string },
): Promise<boolean> {
  const ended = await tx
    .updateTable('ticketing.incidents')
    .set({ resolved_at: sql`now()`, resolved_by: end.by, resolution: end.resolution })
    .where('id', '=', id)
    .where('resolved_at', 'is', null)
    .executeTakeFirst();
  return ended.numUpdatedRows > 0n;
}

/** The open ones of an event, of one kind or of all, the oldest first. As worker or readonly. */
export function openIncidents(tx: Tx, event: string, kind?: string): Promise<Rows['ticketing.incidents'][]> {
  let query = tx
    .selectFrom('ticketing.incidents')
    .selectAll()
    .where('event_id', '=', event)
    .where('resolved_at', 'is', null);
  if (kind !== undefined) query = query.where('kind', '=', kind);
  return query.orderBy('opened_at').orderBy('id').execute();
}
