/** Which payment an event is about, and a name for it that is the same in every run. */
import type { EventRecord } from '../core/world.ts';

type Told = {
  id?: string;
  object?: string;
  payment_intent?: string | null;
  client_reference_id?: string | null;
  metadata?: Record<string, string> | null;
};

export function groupOf(event: EventRecord): string {
  const told = event.data.object as Told;
  return told.payment_intent ?? told.id ?? event.id;
}

/** Ids are random here, so the caller's own names tell events apart: the reference and the metadata it gave. */
export function labelOf(event: EventRecord): string {
  const told = event.data.object as Told;
  return `${event.type} ${told.client_reference_id ?? ''} ${JSON.stringify(told.metadata ?? {})}`;
}
