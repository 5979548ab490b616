/**
 * Money, tickets and stock against each other, and against the provider's own books: I7 to I10, and the part of I11 that says
 * that nothing of it happens twice. All by its own sums; what the tables say of each other is not taken from them.
 */
import type { Findings, Invariant } from './findings.ts';
import {
  type ItemRow,
  type MailRow,
  type OrderRow,
  type PaymentRow,
  type RefundLineRow,
  type RefundRow,
  type TicketRow,
  type TierRow,
  wasSold,
} from './money-rows.ts';
import type { Provider, Taken } from './provider.ts';

const none = { live: 0, issued: 0, ordinals: 0 };

export class Money {
  private readonly findings: Findings;
  private readonly orders = new Map<string, OrderRow>();
  private readonly items = new Map<string, ItemRow[]>();
  private readonly tickets = new Map<string, TicketRow>();
  private readonly tiers: TierRow[] = [];
  private readonly refunds = new Map<string, RefundRow>();
  private readonly refundsOf = new Map<string, RefundRow[]>();
  /** Units that ended refunds took, per line. */
  private readonly returned = new Map<string, number>();
  private readonly payments = new Map<string, PaymentRow>();
  private readonly mails = new Set<string>();

  constructor(findings: Findings) {
    this.findings = findings;
  }

  private check(invariant: Invariant, holds: boolean, where: () => string, what: () => string): void {
    this.findings.expect(holds, invariant, where, what);
  }

  tier(row: TierRow): void {
    if (row.kind !== 'pool') this.tiers.push(row);
  }

  order(row: OrderRow): void {
    this.orders.set(row.order, row);
  }

  item(row: ItemRow): void {
    add(this.items, row.order, row);
  }

  ticket(row: TicketRow): void {
    this.tickets.set(row.item, row);
    this.check(
      'I11',
      row.issued === row.ordinals,
      () => `line ${row.item} of order ${row.order}`,
      () => `has ${row.issued} tickets of ${row.ordinals} ordinals`,
    );
  }

  refund(row: RefundRow): void {
    this.refunds.set(row.refund, row);
    add(this.refundsOf, row.order, row);
  }

  /** After `refund`. */
  refundLine({ refund, item, units }: RefundLineRow): void {
    if (this.refunds.get(refund)?.status !== 'done') return;
    this.returned.set(item, (this.returned.get(item) ?? 0) + units);
  }

  /** One intent may be known by two names; it was paid once. */
  payment(row: PaymentRow): void {
    const name = row.intent ?? row.ref;
    const known = this.payments.get(name);
    if (!known || known.received < row.received) this.payments.set(name, row);
  }

  mail({ mail, kind, order, refund, dedupe }: MailRow): void {
    const about = refund ?? order;
    const names = [`dedupe ${dedupe}`, ...(about === null ? [] : [`${kind} mail about ${about}`])];
    for (const name of names) {
      this.check(
        'I11',
        !this.mails.has(name),
        () => `mail ${mail}`,
        () => `is the second one: ${name}`,
      );
      this.mails.add(name);
    }
  }

  /** When all rows were seen. */
  finish(provider: Provider | undefined): void {
    this.stock();
    if (!provider) return;
    const takenOf = new Map<string, Taken[]>();
    for (const taken of provider.taken) this.judgeTaken(taken, takenOf);
    for (const { intent, order } of provider.reserved) {
      this.check(
        'I8',
        false,
        () => `intent ${intent} of order ${order}`,
        () => `is authorised, and neither taken nor cancelled; the order is ${this.statusOf(order)}`,
      );
    }
    for (const row of this.orders.values()) this.judgeTickets(row, takenOf.get(row.order) ?? []);
    this.twice(provider);
    this.sums(provider);
  }

  private statusOf(order: string | null): string {
    return this.orders.get(order ?? '')?.status ?? 'unknown';
  }

  private ticketsOf(order: string) {
    const rows = (this.items.get(order) ?? []).map((item) => {
      const { live, issued } = this.tickets.get(item.item) ?? none;
      return { ...item, live, issued, gone: issued - live };
    });
    return { rows, live: sum(rows, 'live'), gone: sum(rows, 'gone') };
  }

  /** I7: sold = tickets that are not void = paid minus refunded, at most the capacity. */
  private stock(): void {
    const count = new Map<string, { live: number; due: number }>();
    for (const row of this.orders.values()) {
      for (const { item, tier, quantity, live, issued, gone } of this.ticketsOf(row.order).rows) {
        const of = count.get(tier) ?? { live: 0, due: 0 };
        count.set(tier, of);
        of.live += live;
        if (!wasSold(row)) continue;
        // What the journal alone knows has no refunds: its facts void by themselves.
        of.due += quantity - (row.origin === 'checkout' ? (this.returned.get(item) ?? 0) : gone);
        this.check(
          'I7',
          issued === quantity,
          () => `line ${item} of order ${row.order}`,
          () => `has ${issued} tickets, bought were ${quantity}`,
        );
      }
    }
    for (const { line, sold, capacity } of this.tiers) {
      const { live, due } = count.get(line) ?? { live: 0, due: 0 };
      this.check(
        'I7',
        sold === live && live === due && sold <= capacity,
        () => `tier ${line}`,
        () => `sold ${sold} of ${capacity}, tickets ${live}, paid less refunded ${due}`,
      );
    }
  }

  /** I8: what was taken has its tickets, or all of it was given back; in parts, line by line. */
  private judgeTaken(taken: Taken, takenOf: Map<string, Taken[]>): void {
    const { intent, order, captured, refunded } = taken;
    const row = this.orders.get(order ?? '');
    const where = () => `intent ${intent} of order ${order}, which is ${this.statusOf(order)}`;
    const back = () => `${captured} was taken and ${refunded} given back`;
    if (row) add(takenOf, row.order, taken);
    if (!row || !wasSold(row) || row.intent !== intent) {
      const { live } = this.ticketsOf(order ?? '');
      const has = row && wasSold(row) ? 0 : live;
      this.check('I8', refunded === captured && has === 0, where, () => `${back()}, tickets ${has}`);
      return;
    }
    const { rows, live, gone } = this.ticketsOf(row.order);
    const shares = rows.reduce((all, { amount, gone: n, quantity }) => all + (amount * n) / quantity, 0);
    const apart = (this.refundsOf.get(row.order) ?? [])
      .filter(({ status, kind }) => status === 'done' && (kind === 'amount' || kind === 'elsewhere'))
      .reduce((all, { amount }) => all + amount, 0);
    const due = live === 0 && row.total > 0 ? captured : Math.min(captured, shares + apart);
    // Shares are whole cents.
    const fits = Math.abs(refunded - due) <= (live === 0 ? 0 : gone);
    this.check('I8', fits, where, () => `${back()}; ${live} tickets are left, so it should be ${due}`);
  }

  /** I9: whoever has tickets has paid for them, or was given them by somebody who said why. */
  private judgeTickets(row: OrderRow, all: Taken[]): void {
    const { rows, live } = this.ticketsOf(row.order);
    if (rows.every(({ issued }) => issued === 0)) return;
    const where = () => `order ${row.order}`;
    this.check('I9', wasSold(row), where, () => `has ${live} tickets and is ${row.status}`);
    if (row.origin !== 'checkout') return;
    if (row.mode === 'comp') {
      const named = Boolean(row.actor) && Boolean(row.reason);
      this.check('I9', named, where, () => 'was given away, and nobody says by whom and why');
      return;
    }
    if (row.total === 0) {
      this.check('I9', all.length === 0, where, () => 'costs nothing, and money was taken for it');
      return;
    }
    const own = all.filter(({ intent }) => intent === row.intent);
    const money = own[0];
    const known = this.payments.get(row.intent ?? '');
    this.check(
      'I9',
      own.length === 1 &&
        money?.captured === row.total &&
        row.captured === row.total &&
        money.currency === row.currency &&
        known?.livemode === money.livemode,
      where,
      () =>
        `costs ${row.total} ${row.currency}, ${row.captured} is noted, payment ${row.intent} brought ` +
        `${money ? `${money.captured} ${money.currency} livemode ${money.livemode}` : 'nothing'}, known as livemode ${known?.livemode}`,
    );
  }

  /** I11: one refund of ours is one of the provider's. */
  private twice({ givenBack }: Provider): void {
    const seen = new Map<string, string>();
    for (const { id, refund } of givenBack) {
      if (refund === null) continue;
      const before = seen.get(refund);
      this.check(
        'I11',
        before === undefined,
        () => `refund ${refund}`,
        () => `was carried out twice by the provider: ${before} and ${id}`,
      );
      seen.set(refund, id);
    }
  }

  /** I10: to the cent, per currency and refund. */
  private sums({ taken, givenBack }: Provider): void {
    const theirs = new Map<string, number>();
    const ours = new Map<string, number>();
    const book = (books: Map<string, number>, currency: string, amount: number) =>
      void books.set(currency, (books.get(currency) ?? 0) + amount);
    for (const { currency, captured, refunded } of taken) book(theirs, currency, captured - refunded);
    for (const { currency, received } of this.payments.values()) book(ours, currency, received);
    const backOf = new Map<string, number>();
    for (const { refund, amount } of givenBack)
      if (refund !== null) backOf.set(refund, (backOf.get(refund) ?? 0) + amount);
    for (const { refund, order, kind, status, amount, currency } of this.refunds.values()) {
      if (kind === 'chargeback') continue;
      const done = status === 'done' ? amount : 0;
      book(ours, currency, -done);
      const back = backOf.get(refund) ?? 0;
      this.check(
        'I10',
        kind === 'elsewhere' || back === done,
        () => `refund ${refund} of order ${order}`,
        () => `is ${status} of ${amount}, the provider gave back ${back}`,
      );
    }
    for (const currency of new Set([...theirs.keys(), ...ours.keys()])) {
      const [here, there] = [ours.get(currency) ?? 0, theirs.get(currency) ?? 0];
      this.check(
        'I10',
        here === there,
        () => currency,
        () => `Postgres has ${here}, the provider ${there}`,
      );
    }
  }
}

function add<Row>(to: Map<string, Row[]>, key: string, row: Row): void {
  const rows = to.get(key);
  if (rows) rows.push(row);
  else to.set(key, [row]);
}

function sum<Key extends string>(rows: Record<Key, number>[], key: Key): number {
  return rows.reduce((all, row) => all + row[key], 0);
}
