/** A person's data: given out as JSON, and gone for good, with the books as they were. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { runCommand } from '../../../test/support/command.ts';
import { dataDir } from '../../../test/support/holdfast.ts';
import { db, read, url, useJournalBed } from '../../../test/support/journal-bed.ts';
import { pinned, sold } from '../../../test/support/ledger.ts';
import { asWorker, ordered, someone } from '../../../test/support/mail-bed.ts';
import type { EventId } from '../../domain/ids.ts';
import { uuidV7 } from '../../domain/ids.ts';
import { verifyEvent } from '../journal/verify.ts';

useJournalBed();

/** Every row of every table of ours, as text. */
async function everything(): Promise<string> {
  const tables = await asWorker(
    async (tx) =>
      (
        await sql<{ name: string }>`
    select c.oid::regclass::text as name from pg_class c where relkind in ('r', 'p') and not relispartition
      and relnamespace in ('ticketing'::regnamespace, 'events'::regnamespace, 'graphile_worker'::regnamespace)
      and has_table_privilege('holdfast_worker', c.oid, 'SELECT')`.execute(tx)
      ).rows,
  );
  const texts = await Promise.all(
    tables.map(({ name }) =>
      asWorker(
        async (tx) =>
          (
            await sql<{
              text: string | null;
            }>`select json_agg(t)::text as text from ${sql.raw(name)} t`.execute(tx)
          ).rows[0]?.text ?? '',
      ),
    ),
  );
  return texts.join('\n');
}

test('export gives it all, erase needs a yes, and afterwards no table knows who it was', async () => {
  const email = someone();
  const user = uuidV7(Date.now(), 'abcdef0123'.repeat(2));
  const order = await ordered({ email, name: 'Zoë Zimmermann', user, after: [pinned(1), sold(1, 2)] });
  const other = await ordered({ after: [pinned(1), sold(1, 2)] });
  await asWorker(async (tx) => {
    await sql`update ticketing.contacts set user_id = ${user} where id = ${order.contact}`.execute(tx);
    await sql`update ticketing.ticket_holds set user_id = ${user} where id = ${order.hold}`.execute(tx);
    await sql`insert into ticketing.disputes (id, order_id, user_id, amount_cents, currency, state)
      values ('dp_gdpr', ${order.order}, ${user}, 1, 'EUR', 'open')`.execute(tx);
    await sql`insert into ticketing.sign_in_links (id, contact_id, sha256, asked_by, expires_at)
      values (${uuidV7(Date.now(), 'e'.repeat(20))}, ${order.contact}, ${'a'.repeat(64)}, ${user}, now() + interval '1 hour')`.execute(
      tx,
    );
  });
  await asWorker(
    async (tx) =>
      void (await sql`insert into ticketing.stripe_events (id, type, payload, order_id) values ('evt_gdpr',
    'checkout.session.completed', ${JSON.stringify({ customer_email: email })}, ${order.order})`.execute(tx)),
  );
  const env = { DATABASE_URL: url, HOLDFAST_DATA_DIR: await dataDir() };
  const gdpr = (...args: string[]) => runCommand(['gdpr', ...args], env);
  const [exported, asked] = [await gdpr('export', email.toUpperCase()), await gdpr('erase', email)];
  expect(JSON.parse(exported.stdout)).toMatchObject({
    email,
    name: 'Zoë Zimmermann',
    orders: [{ status: 'paid', total: 10_300, tickets: [{ status: 'issued' }, { status: 'issued' }] }],
    mails: [{ kind: 'confirmation', status: 'queued' }],
  });
  expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining('nothing is done: 1 order')]);
  const before = await everything();
  for (const mark of [email, 'Zimmermann', user]) expect(before).toContain(mark);

  const erased = await gdpr('erase', email, '--yes');
  expect([erased.code, erased.stderr]).toEqual([0, expect.stringContaining('1 order')]);
  const after = await everything();
  for (const mark of [email, 'Zimmermann', user]) expect(after, mark).not.toContain(mark);
  expect(after).toContain(other.email);
  expect((await gdpr('erase', email, '--yes')).code).toBe(3);
  expect((await gdpr('export', email)).code).toBe(3);

  const books = await read(
    async (tx) =>
      (
        await sql<{ tickets: number; total: number }>`
    select total_cents as total, (select count(*)::int from ticketing.tickets t where t.order_id = o.id) as tickets
    from ticketing.orders o where id = ${order.order}`.execute(tx)
      ).rows[0],
  );
  expect(books).toEqual({ total: 10_300, tickets: 2 });
  expect((await verifyEvent(db, order.event as EventId)).findings).toEqual([]);
}, 60_000);
