/**
 * Repair: puts an imported event in order. Its tiers are counted and opened, missing tickets issued and stale orders expired by the
 * SQL functions of everyday reconciliation, and what rows alone cannot decide becomes an incident.
 *
 * An oversold tier is `closed` until somebody says whose ticket goes: closed -> answered -> open. Its capacity is never raised.
 */
import { type Database, inTransaction, type Tx } from '../../persistence/database.ts';
import { type Incident, openIncident, resolveIncident } from '../../persistence/queries/incidents.ts';
import {
  type ClosedTier,
  closedTiers,
  endCarts,
  lockEvent,
  type Movable,
  movableTickets,
  openTier,
  ordersWithoutLines,
  type Reconciled,
  reconcile,
  takeOut,
} from '../../persistence/queries/legacy-repair.ts';
import { importer } from './import.ts';

/** Who is moved or refunded where more was sold than there is. */
export type Answer = {
  /** Tickets somebody chose, of whichever tier they are. */
  tickets: string[];
  /** Where no more were chosen: the ones issued last, or nobody yet. */
  otherwise: 'last' | 'later';
};

export type Relocated = Movable & { tier: string };

export type Repaired = {
  tiersOpened: number;
  cartsEnded: number;
  tickets: number;
  ordersExpired: number;
  incidents: number;
  relocated: Relocated[];
};

export const nothingRepaired = (): Repaired => ({
  tiersOpened: 0,
  cartsEnded: 0,
  tickets: 0,
  ordersExpired: 0,
  incidents: 0,
  relocated: [],
});

/** A big event's reconciliation reads all of its tickets. */
const timeouts = { statementMs: 120_000, lockMs: 5_000, idleInTransactionMs: 30_000 };

/** One event, in one transaction; adds what was done to `done`. An event that Redis decides is left alone. */
export async function repairEvent(
  db: Database,
  event: string,
  answerFor: (tier: string) => Answer,
  done: Repaired,
): Promise<void> {
  const added = await inTransaction(db, { role: 'worker', timeouts }, async (tx) => {
    const repaired = nothingRepaired();
    if (!(await lockEvent(tx, event))) return repaired;
    for (const tier of await closedTiers(tx, event)) {
      await openOrAsk(tx, event, tier, answerFor(tier.tier), repaired);
    }
    for (const row of await reconcile(tx, event)) await note(tx, event, row, repaired);
    for (const order of await ordersWithoutLines(tx, event)) {
      await noteIncident(tx, { kind: 'paid_without_lines', event, order, by: importer }, repaired);
    }
    return repaired;
  });
  // Counted after the commit: what was rolled back was not done.
  done.tiersOpened += added.tiersOpened;
  done.cartsEnded += added.cartsEnded;
  done.tickets += added.tickets;
  done.ordersExpired += added.ordersExpired;
  done.incidents += added.incidents;
  done.relocated.push(...added.relocated);
}

async function openOrAsk(
  tx: Tx,
  event: string,
  tier: ClosedTier,
  answer: Answer,
  done: Repaired,
): Promise<void> {
  if (tier.tickets + tier.held > tier.quantity) done.cartsEnded += await endCarts(tx, tier.tier);
  if (tier.tickets > tier.quantity && !(await makeRoom(tx, event, tier, answer, done))) return;
  await openTier(tx, tier.tier);
  done.tiersOpened += 1;
}

/** True when the tier's tickets fit into it now. */
async function makeRoom(
  tx: Tx,
  event: string,
  { tier, quantity, tickets }: ClosedTier,
  answer: Answer,
  done: Repaired,
): Promise<boolean> {
  const excess = tickets - quantity;
  const chosen = await movableTickets(tx, tier, excess, answer.tickets);
  const last = answer.otherwise === 'last' ? await movableTickets(tx, tier, excess) : [];
  const rest = last.filter(({ ticket }) => !chosen.some((each) => each.ticket === ticket));
  const going = [...chosen, ...rest].slice(0, excess);
  const detail = { capacity: quantity, tickets, excess, instruction: oversoldInstruction(excess) };
  const oversold = { kind: 'oversold_tier', event, tier, detail, by: importer };
  const incident = await noteIncident(tx, oversold, done);
  if (going.length < excess) return false;
  for (const ticket of going) {
    await takeOut(tx, ticket, { incident, reason: 'oversold_tier', actor: importer });
    done.relocated.push({ ...ticket, tier });
    if (ticket.amount > 0) await noteIncident(tx, refundDue(event, tier, ticket), done);
  }
  const resolution = `Moved or refunded: ${going.map(({ ticket }) => ticket).join(', ')}. The capacity stays ${quantity}.`;
  await resolveIncident(tx, incident, { by: importer, resolution });
  return true;
}

function oversoldInstruction(excess: number): string {
  return `Say which ${excess === 1 ? 'ticket is' : `${excess} tickets are`} moved or refunded: npx holdfast import-legacy, with --relocate TICKET. Until then nothing of this tier is sold, and the event is not published.`;
}

function refundDue(event: string, tier: string, ticket: Movable): Incident {
  const { amount, currency, payment } = ticket;
  const of = payment === null ? 'by the way it was paid' : `of payment ${payment}`;
  return {
    kind: 'refund_due',
    event,
    tier,
    order: ticket.order,
    ticket: ticket.ticket,
    payment,
    detail: {
      amount,
      currency,
      instruction: `Refund ${amount} (minor units) ${currency} ${of}, and tell the buyer; refund_log has the request. If they are given another place instead, say so here and refund nothing.`,
    },
    by: importer,
  };
}

async function noteIncident(tx: Tx, incident: Incident, done: Repaired): Promise<string> {
  const { id, opened } = await openIncident(tx, incident);
  if (opened) done.incidents += 1;
  return id;
}

/** What the reconciliation put right is counted; what it left to a person becomes an incident, once. */
async function note(tx: Tx, event: string, row: Reconciled, done: Repaired): Promise<void> {
  const { check_name: kind, subject_id: subject, expected, actual, action } = row;
  if (action === 'fixed' && kind === 'paid_without_tickets') done.tickets += expected - actual;
  if (action === 'fixed' && kind === 'stale_pending_orders') done.ordersExpired += actual;
  if (action !== 'incident') return;
  if (kind !== 'paid_without_tickets' && kind !== 'tickets_without_payment') return;
  const severity = kind === 'paid_without_tickets' ? 'critical' : 'warning';
  const detail = { expected, found: actual };
  await noteIncident(tx, { kind, severity, event, order: subject, detail, by: importer }, done);
}
