/**
 * The rows of a legacy database, each with the reason why it cannot be imported, or none. One WITH clause that every question
 * about them begins with, so that the report counts exactly the rows that the import takes.
 *
 * Everything is read as text, numeric or timestamptz; an id is lowercase. `reason` is a sentence about the row, in the order: its
 * id, what it belongs to, its own values. A row whose parent has a reason has one too.
 */
import { type Shape, type TableName, wantedTables } from './legacy-shape.ts';

export type RowOptions = {
  /** Where no column says it. */
  currency: string;
  /** ISO 4217 codes that are known. */
  currencies: string[];
};

const int4Max = 2_147_483_647;
/** What a number in JavaScript carries exactly. */
const moneyMax = Number.MAX_SAFE_INTEGER;
const uuid = `'^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'`;

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

function source(shape: Shape, table: TableName): string {
  const { name, columns } = wantedTables[table];
  const found = shape.columns[table];
  const parts = Object.entries(columns).map(([column, { kind }]) => {
    const there = found[column];
    const type = { uuid: 'text', whole: 'numeric', time: 'timestamptz', text: 'text' }[kind];
    if (there === undefined) return `NULL::${type} AS ${column}`;
    const value = `t."${there}"::${type}`;
    return `${kind === 'uuid' ? `lower(${value}) COLLATE "C"` : value} AS ${column}`;
  });
  const from = shape.there[table] ? `FROM ${name} t` : 'WHERE false';
  // Sorted by bytes, here and above: which language the old system sorted by says nothing about ids, and costs ten times as much.
  const whole = shape.there[table] ? 't::text COLLATE "C"' : 'NULL::text';
  return `src_${table} AS (SELECT ${parts.join(', ')}, ${whole} AS whole ${from})`;
}

/** Each is a WHEN of a CASE over the alias `r`. */
const badId = (column = 'id') => [
  `WHEN r.${column} IS NULL THEN 'it has no ${column}'`,
  `WHEN r.${column} !~ ${uuid} THEN format('its ${column} %s is not a UUID', r.${column})`,
];
const copied = `WHEN r.copy > 1 THEN 'another row has the same id'`;
const orphan = (alias: string, column: string, what: string) => [
  `WHEN r.${column} IS NULL THEN 'it has no ${column}'`,
  `WHEN ${alias}.id IS NULL THEN format('its ${what} %s is not there', r.${column})`,
  `WHEN ${alias}.reason IS NOT NULL THEN format('its ${what} %s cannot be imported', r.${column})`,
];
const whole = (column: string, max: number, min = 0) => [
  `WHEN r.${column} IS NULL THEN 'it has no ${column}'`,
  `WHEN r.${column} <> trunc(r.${column}) THEN format('its ${column} %s is not a whole number', r.${column})`,
  `WHEN r.${column} < 0 THEN format('its ${column} %s is negative', r.${column})`,
  ...(min > 0 ? [`WHEN r.${column} < ${min} THEN format('its ${column} is %s', r.${column})`] : []),
  `WHEN r.${column} > ${max} THEN format('its ${column} %s is more than ${max}', r.${column})`,
];
const person = (column: string) =>
  `WHEN r.${column} !~ ${uuid} THEN format('its ${column} %s is not a UUID', r.${column})`;
const time = (column: string) => [
  `WHEN r.${column} IS NULL THEN 'it has no ${column}'`,
  `WHEN NOT isfinite(r.${column}) THEN format('its ${column} is %s', r.${column})`,
];
const status = `WHEN r.ours IS NULL THEN format('its status %s is not known', coalesce(r.status, 'null'))`;

function judged(name: string, rows: string, joins: string, reasons: string[]): string {
  return `${name} AS (SELECT r.*, CASE ${reasons.join(' ')} END AS reason FROM (${rows}) r ${joins})`;
}

/** Words for states that are not the assessment's own are taken where they mean the same. */
function words(column: string, table: Record<string, string>): string {
  const whens = Object.entries(table).map(
    ([ours, theirs]) =>
      `WHEN lower(${column}) IN (${theirs.split(' ').map(quoted).join(', ')}) THEN ${quoted(ours)}`,
  );
  return `CASE ${whens.join(' ')} END`;
}

const orderWords = {
  pending: 'pending',
  paid: 'paid completed complete',
  refunded: 'refunded',
  partially_refunded: 'partially_refunded',
  cancelled: 'cancelled canceled',
  expired: 'expired',
  disputed: 'disputed',
};
const ticketWords = {
  issued: 'issued active valid',
  transferred: 'transferred',
  redeemed: 'redeemed used scanned',
  void: 'void voided refunded cancelled canceled',
};
const holdWords = {
  active: 'active',
  expired: 'expired',
  completed: 'completed converted',
  released: 'released cancelled canceled',
};

const copyOf = (columns: string) => `row_number() OVER (PARTITION BY ${columns} ORDER BY whole) AS copy`;

/** `WITH ...`, to be followed by a SELECT over judged_* and good_*. */
export function judgedRows(shape: Shape, options: RowOptions): string {
  const currencies = options.currencies.map(quoted).join(', ');
  const unknownCurrency = `WHEN r.currency NOT IN (${currencies}) THEN format('its currency %s is not known', r.currency)`;
  const money = (currency: string) => `upper(trim(coalesce(${currency}, ${quoted(options.currency)})))`;
  const sources = (Object.keys(wantedTables) as TableName[]).map((table) => source(shape, table));
  return `WITH ${[
    ...sources,
    judged(
      'judged_events',
      `SELECT id, name, venue, start_at, time_zone, ${money('currency')} AS currency, created_at, ${copyOf('id')} FROM src_events`,
      '',
      [...badId(), copied, ...time('start_at'), unknownCurrency],
    ),
    judged(
      'judged_tiers',
      `SELECT *, ${copyOf('id')} FROM src_tiers`,
      'LEFT JOIN judged_events e ON e.id = r.event_id AND e.copy = 1',
      [
        ...badId(),
        copied,
        ...orphan('e', 'event_id', 'event'),
        ...whole('price_cents', int4Max),
        ...whole('quantity', int4Max),
      ],
    ),
    judged(
      'judged_orders',
      `SELECT o.id, o.event_id, o.user_id, o.status, ${words('o.status', orderWords)} AS ours,
         nullif(trim(o.stripe_session_id) COLLATE "C", '') AS stripe_session_id,
         nullif(trim(o.stripe_payment_intent_id) COLLATE "C", '') AS stripe_payment_intent_id,
         coalesce(o.subtotal_cents, o.total_cents - coalesce(o.fees_cents, 0)) AS subtotal_cents,
         coalesce(o.fees_cents, 0) AS fees_cents, o.total_cents,
         ${money('coalesce(o.currency, e.currency)')} AS currency,
         o.created_at, o.expires_at, o.paid_at, o.refunded_at, coalesce(o.stripe_session_id ~ '^cs_test_', false) AS test,
         row_number() OVER (PARTITION BY o.id ORDER BY o.whole) AS copy,
         row_number() OVER (PARTITION BY nullif(trim(o.stripe_session_id) COLLATE "C", '') ORDER BY o.created_at, o.whole) AS session_copy,
         row_number() OVER (PARTITION BY nullif(trim(o.stripe_payment_intent_id) COLLATE "C", '') ORDER BY o.created_at, o.whole) AS payment_copy
       FROM src_orders o LEFT JOIN judged_events e ON e.id = o.event_id AND e.copy = 1`,
      'LEFT JOIN judged_events e ON e.id = r.event_id AND e.copy = 1',
      [
        ...badId(),
        copied,
        ...orphan('e', 'event_id', 'event'),
        person('user_id'),
        status,
        ...whole('total_cents', moneyMax),
        ...whole('subtotal_cents', moneyMax),
        ...whole('fees_cents', moneyMax),
        unknownCurrency,
        `WHEN r.stripe_session_id IS NOT NULL AND r.session_copy > 1
           THEN format('its stripe_session_id %s is that of another order too', r.stripe_session_id)`,
        `WHEN r.stripe_payment_intent_id IS NOT NULL AND r.payment_copy > 1
           THEN format('its stripe_payment_intent_id %s is that of another order too', r.stripe_payment_intent_id)`,
      ],
    ),
    judged(
      'judged_items',
      `SELECT *, row_number() OVER (PARTITION BY id ORDER BY whole) AS copy,
         row_number() OVER line AS line_copy, first_value(unit_price_cents) OVER line AS first_price
       FROM src_items WINDOW line AS (PARTITION BY order_id, tier_id ORDER BY whole)`,
      `LEFT JOIN judged_orders o ON o.id = r.order_id AND o.copy = 1
       LEFT JOIN judged_tiers t ON t.id = r.tier_id AND t.copy = 1`,
      [
        ...orphan('o', 'order_id', 'order'),
        ...orphan('t', 'tier_id', 'tier'),
        `WHEN t.event_id <> o.event_id THEN format('its tier %s is of another event than its order', r.tier_id)`,
        `WHEN r.id !~ ${uuid} THEN format('its id %s is not a UUID', r.id)`,
        `WHEN r.id IS NOT NULL AND r.copy > 1 THEN 'another row has the same id'`,
        ...whole('quantity', int4Max, 1),
        ...whole('unit_price_cents', int4Max),
        `WHEN r.unit_price_cents <> r.first_price THEN 'its order has a line of the same tier at another price'`,
      ],
    ),
    // Two lines of one tier at one price are one line here.
    `good_items AS (SELECT order_id, tier_id, (array_agg(id ORDER BY line_copy))[1] AS id, sum(quantity) AS quantity,
       min(unit_price_cents) AS unit_price_cents, min(created_at) AS created_at
     FROM judged_items WHERE reason IS NULL GROUP BY order_id, tier_id)`,
    judged(
      'judged_tickets',
      `SELECT *, ${words('status', ticketWords)} AS ours, ${copyOf('id')},
         row_number() OVER (PARTITION BY order_item_id, ordinal ORDER BY created_at, whole) AS ordinal_copy FROM src_tickets`,
      `LEFT JOIN judged_orders o ON o.id = r.order_id AND o.copy = 1
       LEFT JOIN judged_tiers t ON t.id = r.tier_id AND t.copy = 1
       LEFT JOIN good_items i ON i.order_id = r.order_id AND i.tier_id = r.tier_id`,
      [
        ...badId(),
        copied,
        ...orphan('o', 'order_id', 'order'),
        ...orphan('t', 'tier_id', 'tier'),
        `WHEN i.order_id IS NULL THEN format('its order %s has no line of its tier %s', r.order_id, r.tier_id)`,
        person('owner_user_id'),
        status,
        `WHEN r.order_item_id IS NOT NULL AND r.ordinal IS NOT NULL AND r.ordinal_copy > 1
           THEN format('another ticket is number %s of order item %s too', r.ordinal, r.order_item_id)`,
      ],
    ),
    // A ticket of an order that was refunded lets nobody in, unless it did already.
    `good_tickets AS (SELECT k.id, k.order_id, k.tier_id, o.event_id, coalesce(k.owner_user_id, o.user_id) AS owner_user_id,
       CASE WHEN o.ours = 'refunded' AND k.ours <> 'redeemed' THEN 'void' ELSE k.ours END AS ours, k.ours AS theirs,
       row_number() OVER (PARTITION BY k.order_id, k.tier_id ORDER BY k.created_at, k.id) AS ordinal,
       k.qr_code, k.redeemed_at, k.created_at, coalesce(o.refunded_at, k.created_at) AS ended_at
     FROM judged_tickets k JOIN judged_orders o ON o.id = k.order_id AND o.copy = 1 WHERE k.reason IS NULL)`,
    judged(
      'judged_holds',
      `SELECT *, ${words('status', holdWords)} AS ours, ${copyOf('id, tier_id')} FROM src_holds`,
      'LEFT JOIN judged_tiers t ON t.id = r.tier_id AND t.copy = 1',
      [
        ...badId(),
        copied,
        ...orphan('t', 'tier_id', 'tier'),
        person('user_id'),
        status,
        ...whole('quantity', int4Max, 1),
        ...time('expires_at'),
      ],
    ),
    judged(
      'judged_refunds',
      `SELECT id, order_id, ticket_id, amount_cents, reason AS reason_text, status, stripe_refund_id, refunded_at, created_at,
         md5(whole) AS print, row_number() OVER (PARTITION BY coalesce(id, whole) ORDER BY whole) AS copy FROM src_refunds`,
      'LEFT JOIN judged_orders o ON o.id = r.order_id AND o.copy = 1',
      [
        `WHEN r.id !~ ${uuid} THEN format('its id %s is not a UUID', r.id)`,
        copied,
        ...orphan('o', 'order_id', 'order'),
        ...whole('amount_cents', moneyMax),
      ],
    ),
  ].join(',\n')}\n`;
}
