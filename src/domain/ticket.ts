/**
 * The life of a ticket: which change leads where, and what refuses it. Whoever changes a ticket asks this table under the
 * lock of the ticket's row, so that two changes at once are one after the other.
 *
 *   issued, transferred -> redeemed                at the door, once
 *   issued, transferred -> refunding -> void       a refund that is paid
 *                          refunding -> issued     a refund that failed
 *   issued, transferred -> suspended -> issued     a dispute, and its end for the buyer
 *                          suspended -> void       a dispute that was lost
 *
 * A void ticket stays void, and no change mints a code: a code's generation grows only when a ticket changes hands.
 */
import type { Refusal } from './refusals.ts';

export const ticketStatuses = [
  'issued',
  'transferred',
  'redeemed',
  'refunding',
  'void',
  'suspended',
] as const;
export type TicketStatus = (typeof ticketStatuses)[number];

export const ticketChanges = ['redeem', 'refund', 'refund_failed', 'void', 'suspend', 'reinstate'] as const;
export type TicketChange = (typeof ticketChanges)[number];

type Unchangeable = Refusal<'ticket_redeemed' | 'ticket_refunding' | 'ticket_void' | 'ticket_suspended'>;

const redeemed: Unchangeable = { status: 'ticket_redeemed' };
const refunding: Unchangeable = { status: 'ticket_refunding' };
const gone: Unchangeable = { status: 'ticket_void' };
const suspended: Unchangeable = { status: 'ticket_suspended' };

const valid = { redeem: 'redeemed', refund: 'refunding', void: 'void', suspend: 'suspended' } as const;

/** What each change makes of a ticket, where it may; anything else is what the state itself refuses with. */
const changes: Record<TicketStatus, Partial<Record<TicketChange, TicketStatus>>> = {
  issued: valid,
  transferred: valid,
  // An organizer may take back a ticket that was used; the buyer may not.
  redeemed: { void: 'void' },
  refunding: { void: 'void', refund_failed: 'issued' },
  suspended: { void: 'void', refund: 'refunding', reinstate: 'issued' },
  void: {},
};

const refused: Record<TicketStatus, Unchangeable | undefined> = {
  issued: undefined,
  transferred: undefined,
  redeemed,
  refunding,
  suspended,
  void: gone,
};

/**
 * The status after the change, or why it cannot be. A valid ticket that is to be reinstated, or whose refund failed, is what
 * it should be already: the change is done.
 */
export function changedTicket(
  status: TicketStatus,
  change: TicketChange,
): { status: 'changed'; to: TicketStatus } | Unchangeable {
  const to = changes[status][change];
  if (to !== undefined) return { status: 'changed', to };
  return refused[status] ?? { status: 'changed', to: status };
}

/** What stands in `ticket_events` for a change. */
export const eventOf: Record<TicketChange, string> = {
  redeem: 'redeemed',
  refund: 'refunding',
  refund_failed: 'reinstated',
  void: 'voided',
  suspend: 'suspended',
  reinstate: 'reinstated',
};

/** Whether the door lets its holder in. */
export function isValid(status: TicketStatus): boolean {
  return 'redeem' in changes[status];
}
