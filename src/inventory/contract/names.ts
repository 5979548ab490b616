/**
 * Short names for the ids of an event, so that a test reads `reserve h1 A:2` and not five UUIDs. The same name is the same
 * id in every harness; ids of one kind sort like their names.
 */
import { createHash } from 'node:crypto';
import {
  type BuyerId,
  type EventId,
  type HoldId,
  isUuid,
  type LineId,
  type OpId,
  type OrderId,
  type TicketId,
  type UserId,
} from '../../domain/ids.ts';

export type Names = {
  event: EventId;
  line(name: string): LineId;
  hold(name: string): HoldId;
  buyer(name: string): BuyerId;
  order(name: string): OrderId;
  op(name: string): OpId;
  user(name: string): UserId;
  /** A name, or an id as it is. */
  ticket(name: string): TicketId;
  /** The name of an id that one of these made, else the id itself. */
  nameOf(id: string): string;
};

/** `title` makes the event's id: another title, another event. */
export function namesOf(title: string): Names {
  const digest = createHash('sha256').update(title).digest('hex');
  const prefix = `${digest.slice(0, 8)}-${digest.slice(8, 12)}-7${digest.slice(13, 16)}`;
  const known = new Map<string, string>();
  const id = (kind: string, name: string): string => {
    const tail = Buffer.from(name).toString('hex').padEnd(12, '0');
    if (tail.length > 12) throw new Error(`${name}: names are six letters at most`);
    const made = `${prefix}-8${kind.padStart(3, '0')}-${tail}`;
    known.set(made, name);
    return made;
  };
  return {
    event: id('0', 'event') as EventId,
    line: (name) => id('1', name) as LineId,
    hold: (name) => id('2', name) as HoldId,
    buyer: (name) => id('3', name) as BuyerId,
    order: (name) => id('4', name) as OrderId,
    op: (name) => id('5', name) as OpId,
    user: (name) => id('6', name) as UserId,
    ticket: (name) => (isUuid(name) ? name : id('7', name)) as TicketId,
    nameOf: (made) => known.get(made) ?? made,
  };
}
