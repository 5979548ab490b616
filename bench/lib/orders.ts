/** Orders that wait for their payment, made over HTTP as people make them; and when Postgres had their tickets. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { EventId, UserId } from '../../src/domain/ids.ts';
import { createSessions } from '../../src/server/auth.ts';
import type { OnSale, Stack } from './stack.ts';

const atOnce = 24;
const answerMs = 30_000;
const lookMs = 10;
/** From the last payment on. */
const soldMs = 60_000;
const lettersMs = 180_000;

/** An order of one ticket: whose it is, and the provider's id of its payment. */
export type Waiting = { token: string; session: string };

export async function makeOrders(
  { keys }: Stack,
  url: string,
  sale: OnSale,
  count: number,
): Promise<Waiting[]> {
  const sessions = createSessions({ keys: [Buffer.from(keys.session)], ttlMs: 3_600_000, now: Date.now });
  const made: Waiting[] = [];
  let begun = 0;
  const lane = async () => {
    while (begun < count) {
      begun += 1;
      const { token } = sessions.issue(randomUUID() as UserId);
      const hold = await ask(url, token, `/v1/events/${sale.event}/holds`, {
        items: [{ tierId: sale.tier, quantity: 1 }],
      });
      const buyer = { email: `${begun}@example.test` };
      const order = await ask(url, token, `/v1/holds/${hold.id}/checkout`, { buyer });
      const session = new URL(order.checkoutUrl).pathname.split('/').at(-1) ?? '';
      made.push({ token, session });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return made;
}

async function ask(url: string, token: string, path: string, body: object) {
  const answer = await fetch(url + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(answerMs),
  });
  const text = await answer.text();
  if (answer.status !== 201) throw new Error(`${path} answered ${answer.status}: ${text}`);
  return JSON.parse(text) as { id: string; checkoutUrl: string };
}

/** What became of an order that was paid. Times are Unix ms. */
export type Sold = {
  session: string;
  /** Of the ticket, as Postgres has it. */
  ticket: string;
  /** The first webhook about it was stored. */
  told: number;
  /** Redis decided. */
  decided: number;
  /** The first look, every 10 ms, that found the ticket committed. */
  committed: number;
};

/** `pay` pays these orders, `ended` is called when all have their tickets; meanwhile, and until all have their tickets, how far the event's tables have come is looked at. */
export async function soldWhile(
  stack: Stack,
  event: EventId,
  sessions: string[],
  pay: () => Promise<void>,
  ended: () => void = () => undefined,
): Promise<Sold[]> {
  const looks: { version: number; at: number }[] = [];
  let looking = true;
  const watching = (async () => {
    while (looking) {
      const version = await appliedVersion(stack, event);
      if (version > (looks.at(-1)?.version ?? 0)) looks.push({ version, at: Date.now() });
      await pause(lookMs);
    }
  })();
  try {
    await pay();
    await allSold(stack, sessions);
    ended();
    await pause(5 * lookMs);
  } finally {
    looking = false;
    await watching;
  }
  const rows = await soldRows(stack, sessions);
  return rows.map(({ version, ...row }) => ({
    ...row,
    committed: looks.find((look) => look.version >= version)?.at ?? Number.NaN,
  }));
}

/** When they are not in time, what stands in the way is said: jobs that failed, and what the worker complained of last. */
async function allSold({ sql, worker }: Stack, sessions: string[]): Promise<void> {
  const end = performance.now() + soldMs;
  for (;;) {
    const { rows } = await sql.query<{ sold: number }>(
      `SELECT count(*)::int AS sold FROM ticketing.tickets t JOIN ticketing.orders o ON o.id = t.order_id
       WHERE o.stripe_session_id = ANY ($1)`,
      [sessions],
    );
    const sold = rows[0]?.sold ?? 0;
    if (sold === sessions.length) return;
    if (performance.now() > end) {
      const jobs = await sql.query(
        `SELECT t.identifier, left(j.last_error, 200) AS error, count(*)::int FROM graphile_worker._private_jobs j
           JOIN graphile_worker._private_tasks t ON t.id = j.task_id GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 10`,
      );
      const told = `${JSON.stringify(jobs.rows)}\n${worker.stderr().slice(-2_000)}`;
      throw new Error(
        `${sold} of ${sessions.length} paid orders have their ticket after ${soldMs} ms: ${told}`,
      );
    }
    await pause(5 * lookMs);
  }
}

/** Resolves when no letter of a sale is left to be sent. */
export async function lettersSent({ sql }: Stack): Promise<void> {
  const end = performance.now() + lettersMs;
  for (;;) {
    const { rows } = await sql.query<{ left: number }>(
      `SELECT count(*)::int AS left FROM ticketing.mails WHERE status = 'queued'`,
    );
    if (rows[0]?.left === 0) return;
    if (performance.now() > end) throw new Error(`${rows[0]?.left} letters are left after ${lettersMs} ms`);
    await pause(200);
  }
}

/** Tickets are committed together with the version of the fact that made them. */
async function appliedVersion({ sql }: Stack, event: EventId): Promise<number> {
  const { rows } = await sql.query<{ version: string }>({
    name: 'applied',
    text: 'SELECT projected_version AS version FROM ticketing.journal_heads WHERE event_id = $1',
    values: [event],
  });
  return Number(rows[0]?.version ?? 0);
}

async function soldRows({ sql }: Stack, sessions: string[]) {
  const { rows } = await sql.query<Omit<Sold, 'committed'> & { version: number }>(
    `SELECT o.stripe_session_id AS session, t.id AS ticket, j.version::float8 AS version,
       (extract(epoch FROM j.at) * 1000)::float8 AS decided,
       (SELECT extract(epoch FROM min(e.received_at)) * 1000 FROM ticketing.stripe_events e
         WHERE e.order_id = o.id)::float8 AS told
     FROM ticketing.orders o
       JOIN ticketing.tickets t ON t.order_id = o.id
       JOIN ticketing.inventory_journal j ON j.order_id = o.id AND j.kind = 'sold'
     WHERE o.stripe_session_id = ANY ($1)`,
    [sessions],
  );
  return rows;
}
