/** What is left to be done, by the sandbox and by Postgres: nobody has to wait for anything once it is nothing. */
import pg from 'pg';
import type { Ledger, StripeSandbox } from '../../../sandbox/stripe/index.ts';

export type Left = Record<string, number>;

/** Each a count that is 0 once everybody who paid has what is theirs. `$1`: orders with money at the provider. */
const questions: Record<string, string> = {
  'paid, undecided': `SELECT count(*) FROM unnest($1::uuid[]) AS paid (id) LEFT JOIN ticketing.orders o ON o.id = paid.id
    WHERE o.id IS NULL OR o.status IN ('pending', 'expired', 'cancelled')`,
  'without all tickets': `SELECT count(*) FROM ticketing.orders o WHERE o.status IN ('paid', 'partially_refunded', 'refunded')
    AND (SELECT count(*) FROM ticketing.tickets t WHERE t.order_id = o.id)
      <> (SELECT sum(quantity) FROM ticketing.order_items i WHERE i.order_id = o.id)`,
  'captures owed': `SELECT count(*) FROM ticketing.orders WHERE status = 'paid' AND total_cents > 0 AND mode IN ('hosted', 'intent')
    AND captured_cents = 0`,
  'refunds owed': `SELECT count(*) FROM ticketing.refund_log WHERE status = 'requested'`,
  'tickets being refunded': `SELECT count(*) FROM ticketing.tickets WHERE status = 'refunding'`,
  'orders of events called off': `SELECT count(*) FROM ticketing.orders o JOIN ticketing.event_cancellations c USING (event_id)
    WHERE o.status IN ('paid', 'partially_refunded') AND o.total_cents > 0`,
  'mails unsent': `SELECT count(*) FROM ticketing.mails WHERE status IN ('queued', 'failed')`,
  'facts unwritten': 'SELECT count(*) FROM ticketing.journal_heads WHERE projected_version < version',
};

export type Books = { left(): Promise<Left>; find(sql: string): Promise<object[]>; close(): Promise<void> };

export async function openBooks(databaseUrl: string, sandbox: StripeSandbox): Promise<Books> {
  const client = new pg.Client({ connectionString: databaseUrl, statement_timeout: 10_000 });
  client.on('error', () => undefined);
  await client.connect();
  return {
    async left() {
      const ledger = sandbox.ledger();
      const left: Left = { 'unfulfilled and not refunded': 0 };
      const paid = ordersWithMoney(ledger);
      for (const [name, sql] of Object.entries(questions)) {
        const { rows } = await client.query<{ count: string }>(sql, sql.includes('$1') ? [paid] : []);
        left[name] = Number(rows[0]?.count ?? 0);
      }
      const { rows } = await client.query<{ id: string }>(
        `SELECT id FROM ticketing.orders WHERE status = 'refunded_unfulfilled'`,
      );
      const kept = new Set(paid);
      left['unfulfilled and not refunded'] = rows.filter(({ id }) => kept.has(id)).length;
      return Object.fromEntries(Object.entries(left).filter(([, count]) => count > 0));
    },
    find: async (sql) => (await client.query<object>(sql)).rows,
    close: () => client.end(),
  };
}

/** Orders whose money is at the provider: taken or reserved, and not given back. */
function ordersWithMoney({ intents, charges, refunds }: Ledger): string[] {
  const back = new Map<string, number>();
  for (const { charge, amount, status } of refunds) {
    const id = String(charge);
    if (status === 'succeeded' || status === 'pending') back.set(id, (back.get(id) ?? 0) + amount);
  }
  const reserved = intents.filter(({ status }) => status === 'requires_capture');
  const taken = charges.filter(({ id, amount_captured }) => amount_captured > (back.get(id) ?? 0));
  return [...new Set([...reserved, ...taken].flatMap(({ metadata }) => metadata['order'] ?? []))];
}
