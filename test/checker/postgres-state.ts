/** The tables of Postgres as the dump has them, compared with the fold at the head. */

import { counters } from './books.ts';
import type { Findings } from './findings.ts';
import type { EventFold } from './fold.ts';
import type { Ledger } from './ledger.ts';
import { isLive, type State } from './life.ts';
import type { RedisState } from './redis-state.ts';

export type HeadRow = {
  event: string;
  version: number;
  chain: string;
  projected: number;
  frozen: string | null;
};
export type WatermarkRow = { partition: number; epoch: number; entry: number; opened: boolean };
export type LineRow = {
  event: string;
  line: string;
  kind: string;
  capacity: number;
  held: number;
  sold: number;
  withheld: number;
  price: number;
  buyerLimit: number;
  target: number | null;
};
export type HoldRow = {
  event: string;
  hold: string;
  tier: string;
  quantity: number;
  status: string;
  paying: boolean;
  deadline: number;
};
export type OrderRow = { event: string; order: string; status: string };
/** Tickets that are not void, per line of an order. */
export type TicketRow = { event: string; order: string; tier: string; live: number };
export type EventRow = { event: string; authority: string };

const words: Record<State, string> = {
  active: 'active',
  paying: 'active',
  confirmed: 'completed',
  released: 'released',
  expired: 'expired',
  unfulfilled: 'unfulfilled',
};
const statusesOfSold = ['paid', 'partially_refunded', 'refunded', 'disputed'];

export class PostgresState {
  private readonly findings: Findings;
  private readonly ledger: Ledger;
  private readonly rowsOfHold = new Map<string, number>();
  private readonly lines = new Map<string, number>();
  private readonly sold = new Map<string, number>();
  private readonly ticketsOfOrder = new Map<string, number>();

  constructor(findings: Findings, ledger: Ledger) {
    this.findings = findings;
    this.ledger = ledger;
  }

  private check(holds: boolean, where: () => string, what: () => string): void {
    this.findings.expect(holds, 'I6', where, what);
  }

  head(row: HeadRow): void {
    const where = () => `journal_heads of event ${row.event}`;
    const version = this.ledger.folds.get(row.event)?.version ?? 0;
    this.check(row.version === version, where, () => `version ${row.version}, the ledger ends at ${version}`);
    this.check(row.projected === row.version, where, () => `projected to ${row.projected} of ${row.version}`);
    this.check(row.frozen === null, where, () => `frozen: ${row.frozen}`);
    const chain = this.ledger.chains.get(row.event);
    const same = chain === undefined || chain === row.chain;
    this.findings.expect(same, 'I18', where, () => `chain ${row.chain}, the commits end in ${chain}`);
  }

  watermark(row: WatermarkRow, redis: RedisState): void {
    const last = redis.lastEntries.get(row.partition);
    const where = () => `journal_watermarks of partition ${row.partition}`;
    const mine = `${row.epoch}-${row.entry}`;
    const empty = last === undefined && row.entry === 0;
    this.check(
      empty || last === mine,
      where,
      () => `at ${mine}, the journal in Redis ends at ${last ?? 'nothing'}`,
    );
    this.check(row.opened || last === undefined, where, () => `epoch ${row.epoch} was never opened`);
  }

  event(row: EventRow): void {
    const known = row.authority !== 'redis' || this.ledger.folds.has(row.event);
    this.check(
      known,
      () => `event ${row.event}`,
      () => 'is open and has no ledger',
    );
  }

  line(row: LineRow): void {
    const fold = this.ledger.folds.get(row.event);
    if (!fold) return;
    this.lines.set(row.event, (this.lines.get(row.event) ?? 0) + 1);
    const line = fold.lines.get(row.line);
    const where = () => `${row.kind} ${row.line} of event ${row.event}`;
    const same =
      line &&
      row.capacity === line.capacity &&
      row.held === line.held &&
      row.sold === line.sold &&
      row.withheld === line.withheld;
    this.check(
      same === true,
      where,
      () => `${counters(row)}, by the ledger ${line ? counters(line) : 'no such line'}`,
    );
    const settings =
      !line || row.kind === 'pool' || (row.price === line.price && row.buyerLimit === line.buyerLimit);
    this.check(
      settings,
      where,
      () =>
        `price ${row.price} limit ${row.buyerLimit}, by the ledger ${line?.price} and ${line?.buyerLimit}`,
    );
    this.check(
      !line || row.target === line.target,
      where,
      () => `target ${row.target}, by the ledger ${line?.target}`,
    );
  }

  hold(row: HoldRow): void {
    const fold = this.ledger.folds.get(row.event);
    if (!fold) return;
    this.rowsOfHold.set(row.hold, (this.rowsOfHold.get(row.hold) ?? 0) + 1);
    const hold = fold.holds.get(row.hold);
    const where = () => `ticket_holds ${row.hold} of event ${row.event}`;
    this.check(hold !== undefined, where, () => 'is not in the ledger');
    if (!hold) return;
    const quantity = hold.items.reduce((sum, item) => sum + (item.tier === row.tier ? item.quantity : 0), 0);
    const same =
      row.status === words[hold.state] &&
      row.paying === (hold.state === 'paying') &&
      row.quantity === quantity;
    this.check(
      same,
      where,
      () =>
        `${row.status}${row.paying ? ' paying' : ''} ${row.quantity} of tier ${row.tier}, by the ledger ${hold.state} ${quantity}`,
    );
    const due = !isLive(hold) || row.deadline === hold.deadline;
    this.check(due, where, () => `deadline ${row.deadline}, by the ledger ${hold.deadline}`);
  }

  order(row: OrderRow): void {
    const how = this.ledger.folds.get(row.event)?.orders.get(row.order)?.how;
    if (!this.ledger.folds.has(row.event)) return;
    const status = statusesOfSold.includes(row.status)
      ? 'sold'
      : row.status === 'refunded_unfulfilled'
        ? 'unfulfilled'
        : undefined;
    this.check(
      status === how,
      () => `order ${row.order}`,
      () => `is ${row.status}, by the ledger ${how ?? 'not decided'}`,
    );
  }

  ticket(row: TicketRow): void {
    this.sold.set(row.tier, (this.sold.get(row.tier) ?? 0) + row.live);
    this.ticketsOfOrder.set(row.order, (this.ticketsOfOrder.get(row.order) ?? 0) + row.live);
  }

  /** What is missing in the tables shows only when all rows were seen. */
  finish(): void {
    for (const fold of this.ledger.folds.values()) this.finishEvent(fold);
  }

  private finishEvent(fold: EventFold): void {
    const where = () => `event ${fold.event}`;
    const lines = this.lines.get(fold.event) ?? 0;
    this.check(
      lines === fold.lines.size,
      where,
      () => `${lines} tiers and pools, by the ledger ${fold.lines.size}`,
    );
    for (const [id, line] of fold.lines) {
      const tickets = this.sold.get(id) ?? 0;
      this.check(
        line.kind === 'pool' || tickets === line.sold,
        where,
        () => `tier ${id} has ${tickets} tickets, sold are ${line.sold}`,
      );
    }
    for (const [id, hold] of fold.holds) {
      const tiers = new Set(hold.items.map(({ tier }) => tier)).size;
      const rows = this.rowsOfHold.get(id) ?? 0;
      this.check(rows === tiers, where, () => `hold ${id} has ${rows} rows for ${tiers} tiers`);
    }
    for (const [id, order] of fold.orders) {
      const tickets = this.ticketsOfOrder.get(id) ?? 0;
      this.check(
        tickets === order.units,
        where,
        () => `order ${id} has ${tickets} tickets, by the ledger ${order.units}`,
      );
    }
  }
}
