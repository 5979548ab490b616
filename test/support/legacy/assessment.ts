/**
 * The broken database of the assessment, made again from its own numbers: 16 events, 200 orders, 220 tickets, $17,747 paid; ghosts
 * of 90, 94, 62 and 34; 12 paid orders without tickets; 22 tickets of a tier of 21; 24 stale orders. Always the same bytes.
 *
 * The headline of the assessment says 190 ghosts and its list adds up to 280. Both are made true here: the 90 of Liventix have no
 * hold at all ("no actual holds exist", as its example says), and the other three events have 190 holds that are over.
 */
import { createHash } from 'node:crypto';

type Tier = {
  id: string;
  event: string;
  name: string;
  price: number;
  quantity: number;
  reserved: number;
  issued: number;
};
type Order = {
  id: string;
  tier: Tier;
  status: 'pending' | 'paid' | 'refunded';
  quantity: number;
  price: number;
  fees: number;
  mode: 'live' | 'test' | 'free';
  at: Date;
  user: string;
};

/** A UUIDv4 that is the digest of its parts. */
export function legacyId(...parts: (string | number)[]): string {
  const hex = createHash('sha256').update(parts.join('/')).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const minute = 60_000;
const start = Date.UTC(2025, 8, 1, 9, 0, 0);
const feePerTicket = 804;
/** What the assessment says was paid in all, in cents; the last order's fees make up for the rest. */
const revenue = 1_774_700;
const missingPaid = 90_764;

/** [event, when it starts, tiers: [name, price, capacity, ghosts, tickets, orders of two]]. */
const plan: [string, string, [string, number, number, number, number, number][]][] = [
  ['Liventix Official Event!', '2025-12-20T20:00:00Z', [['General Admission', 8_000, 100, 90, 10, 2]]],
  ['Ultimate Soccer Tailgate', '2025-12-13T15:00:00Z', [['Tailgate Pass', 12_500, 150, 94, 40, 11]]],
  [
    'Summer Music Festival',
    '2026-07-04T16:00:00Z',
    [
      ['Day Pass', 6_500, 120, 40, 20, 6],
      ['Weekend Pass', 12_500, 60, 22, 10, 3],
    ],
  ],
  [
    'Splish and Splash',
    '2026-06-20T11:00:00Z',
    [
      ['VIP', 9_500, 21, 0, 22, 6],
      ['General Admission', 3_500, 80, 34, 18, 4],
    ],
  ],
  ...Array.from({ length: 12 }, (_, index): (typeof plan)[number] => [
    `Neighborhood Night ${index + 1}`,
    new Date(Date.UTC(2025, 10, 3 + index, 19)).toISOString(),
    [['Entry', 4_000, 50, 0, index < 4 ? 9 : 8, index < 4 ? 3 : 2]],
  ]),
];

/** [event, tier, unit price, fees]: 7 paid, 4 free, 1 of Stripe's test mode. */
const missing: [string, string, number, number, Order['mode']][] = [
  ...Array.from({ length: 4 }, (): (typeof missing)[number] => [
    'Ultimate Soccer Tailgate',
    'Tailgate Pass',
    12_500,
    1_108,
    'live',
  ]),
  ['Ultimate Soccer Tailgate', 'Tailgate Pass', 0, 0, 'free'],
  ['Ultimate Soccer Tailgate', 'Tailgate Pass', 5_000, 704, 'test'],
  ['Summer Music Festival', 'Weekend Pass', 12_500, 1_108, 'live'],
  ['Summer Music Festival', 'Weekend Pass', 12_500, 1_108, 'live'],
  ['Summer Music Festival', 'Day Pass', 0, 0, 'free'],
  ['Liventix Official Event!', 'General Admission', 8_000, 1_116, 'live'],
  ['Liventix Official Event!', 'General Admission', 0, 0, 'free'],
  ['Splish and Splash', 'General Admission', 0, 0, 'free'],
];

function makeTiers(): Tier[] {
  return plan.flatMap(([event, , tiers]) =>
    tiers.map(([name, price, quantity, reserved, issued]) => ({
      id: legacyId('tier', event, name),
      event,
      name,
      price,
      quantity,
      reserved,
      issued,
    })),
  );
}

function makeOrders(tiers: Tier[]): Order[] {
  const tierOf = (event: string, name: string) => {
    const found = tiers.find((tier) => tier.event === event && tier.name === name);
    if (!found) throw new Error(`the plan has no tier ${name} of ${event}`);
    return found;
  };
  const orders: Order[] = [];
  const add = (tier: Tier, rest: Partial<Order>) => {
    const n = orders.length;
    const quantity = rest.quantity ?? 1;
    orders.push({
      id: legacyId('order', n),
      tier,
      status: 'paid',
      quantity,
      price: tier.price,
      fees: feePerTicket * quantity,
      mode: 'live',
      at: new Date(start + n * 97 * minute),
      user: legacyId('user', n % 150),
      ...rest,
    });
  };
  for (const [event, , rows] of plan) {
    for (const [name, , , , tickets, twos] of rows) {
      for (let n = 0; n < twos; n++) add(tierOf(event, name), { quantity: 2 });
      for (let n = twos * 2; n < tickets; n++) add(tierOf(event, name), {});
    }
  }
  const paid = orders.reduce((sum, order) => sum + order.quantity * order.price + order.fees, 0);
  const last = orders.at(-1);
  if (last) last.fees += revenue - missingPaid - paid;
  for (const [event, name, price, fees, mode] of missing) add(tierOf(event, name), { price, fees, mode });
  for (let n = 0; n < 24; n++)
    add(tiers[n % tiers.length] as Tier, { status: 'pending', quantity: 1 + (n % 3) });
  for (let n = 0; n < 4; n++) add(tiers[6 + n] as Tier, { status: 'refunded' });
  return orders;
}

const literal = (value: string | number | null) =>
  value === null ? 'NULL' : typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`;
const field = (value: string | number | null) => (value === null ? '\\N' : String(value));
const time = (at: Date) => at.toISOString().replace('T', ' ').replace('Z', '+00');

function insert(table: string, columns: string, rows: (string | number | null)[][]): string {
  const lines = rows.map((row) => `  (${row.map(literal).join(', ')})`).join(',\n');
  return `INSERT INTO ${table} (${columns}) VALUES\n${lines};\n`;
}

function copy(table: string, columns: string, rows: (string | number | null)[][]): string {
  const lines = rows.map((row) => row.map(field).join('\t')).join('\n');
  return `COPY ${table} (${columns}) FROM stdin;\n${lines}\n\\.\n`;
}

function session(order: Order): string | null {
  return order.mode === 'free' ? null : `cs_${order.mode}_${order.id.replaceAll('-', '')}`;
}

function ticketRows(orders: Order[]): (string | number | null)[][] {
  // The orders of the plan come first; those after them have no tickets, which is what is wrong with them.
  const issued = orders.slice(0, 160);
  let n = 0;
  return issued.flatMap((order) =>
    Array.from({ length: order.quantity }, () => {
      n += 1;
      const redeemed = order.tier.name === 'Entry' && n % 2 === 0;
      const status = redeemed ? 'redeemed' : n % 29 === 0 ? 'transferred' : 'issued';
      const id = legacyId('ticket', n);
      const at = new Date(order.at.getTime() + n * 1_000);
      const used = redeemed ? time(new Date(Date.UTC(2025, 10, 20, 19, n % 60))) : null;
      return [id, order.id, order.tier.id, order.user, status, `QR-${id.slice(0, 13)}`, used, time(at)];
    }),
  );
}

function holdRows(tiers: Tier[]): (string | number | null)[][] {
  let n = 0;
  return tiers
    .filter((tier) => tier.name !== 'Entry' && !tier.event.startsWith('Liventix'))
    .flatMap((tier) =>
      Array.from({ length: tier.reserved }, () => {
        n += 1;
        const made = start + n * 41 * minute;
        const ends = time(new Date(made + 15 * minute));
        return [
          legacyId('hold', n),
          tier.id,
          legacyId('user', n % 150),
          1,
          ends,
          'active',
          time(new Date(made)),
        ];
      }),
    );
}

/** File name -> text, in the order in which they are loaded. `1-schema.sql` comes before them and is written by hand. */
export function assessmentFiles(): Record<string, string> {
  const tiers = makeTiers();
  const orders = makeOrders(tiers);
  const refunds = orders.filter(({ status }) => status === 'refunded');
  const total = ({ quantity, price, fees }: Order) => quantity * price + fees;
  return {
    '2-events.sql': `${insert(
      'events.events',
      'id, title, venue, start_at, created_at',
      plan.map(([event, at]) => [legacyId('event', event), event, null, at, time(new Date(start))]),
    )}\n${insert(
      'ticketing.ticket_tiers',
      'id, event_id, name, price_cents, quantity, reserved_quantity, issued_quantity, created_at',
      tiers.map((tier) => [
        tier.id,
        legacyId('event', tier.event),
        tier.name,
        tier.price,
        tier.quantity,
        tier.reserved,
        tier.issued,
        time(new Date(start)),
      ]),
    )}`,
    '3-orders.sql': copy(
      'ticketing.orders',
      'id, user_id, event_id, status, stripe_session_id, stripe_payment_intent_id, subtotal_cents, fees_cents, total_cents, contact_email, created_at, paid_at',
      orders.map((order, n) => [
        order.id,
        order.user,
        legacyId('event', order.tier.event),
        order.status,
        session(order),
        order.mode === 'free' || order.status === 'pending'
          ? null
          : `pi_${legacyId('payment', n).replaceAll('-', '')}`,
        order.quantity * order.price,
        order.fees,
        total(order),
        `buyer${n}@example.com`,
        time(order.at),
        order.status === 'pending' ? null : time(new Date(order.at.getTime() + minute)),
      ]),
    ),
    '4-order-items.sql': copy(
      'ticketing.order_items',
      'order_id, tier_id, quantity, unit_price_cents',
      orders.map((order) => [order.id, order.tier.id, order.quantity, order.price]),
    ),
    '5-tickets.sql': copy(
      'ticketing.tickets',
      'id, order_id, tier_id, owner_user_id, status, qr_code, redeemed_at, created_at',
      ticketRows(orders),
    ),
    '6-holds-and-refunds.sql': `${copy(
      'ticketing.ticket_holds',
      'id, tier_id, user_id, quantity, expires_at, status, created_at',
      holdRows(tiers),
    )}\n${copy(
      'ticketing.refund_log',
      'id, order_id, amount_cents, reason, stripe_refund_id, refunded_at',
      refunds.map((order) => [
        legacyId('refund', order.id),
        order.id,
        total(order),
        'cannot come',
        `re_${legacyId('re', order.id).replaceAll('-', '')}`,
        time(new Date(order.at.getTime() + 1_440 * minute)),
      ]),
    )}`,
  };
}
