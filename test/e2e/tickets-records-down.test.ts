/** Tickets while Postgres is away: what was looked at is shown for a while, and nothing void is ever shown as valid. */
import { hash, randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { TicketId } from '../../src/domain/ids.ts';
import { ticketCacheKey } from '../../src/inventory/keys.ts';
import { inTransaction } from '../../src/persistence/database.ts';
import { migrate } from '../../src/persistence/migrate.ts';
import { contactOf } from '../../src/persistence/queries/contacts.ts';
import { onSale, type Person, person, type Show, send } from '../support/client.ts';
import { runCommand } from '../support/command.ts';
import { dataDir } from '../support/holdfast.ts';
import { startTestPostgres, type TestPostgres } from '../support/servers.ts';
import { type Site, startSite } from '../support/site.ts';
import { adminKeyScan, type Bought, buy, codeFor, giveBack, set, ticketPath } from '../support/tickets.ts';

let postgres: TestPostgres;
let url: string;
let site: Site;
let show: Show;
let fan: Person;
const ages = { ms: 0 };
beforeAll(async () => {
  postgres = await startTestPostgres();
  url = await postgres.createDatabase();
  await migrate(url, 'up');
  site = await startSite(url);
  // What was read before seems older than it is: no test waits for it.
  site.edge.deps.clock = { now: () => Date.now() + ages.ms };
  show = await onSale(site, [100]);
  fan = await person(site);
}, 120_000);
afterAll(async () => {
  await site?.stop();
  await postgres?.stop();
});
beforeEach(() => {
  ages.ms = 0;
});

const get = (ticket: TicketId, who: Person = fan) => send(site, ticketPath(ticket), { headers: who.headers });

async function looked(): Promise<{ bought: Bought; id: TicketId }> {
  const bought = await buy(site, fan, show, 1);
  const id = bought.tickets[0] as TicketId;
  expect((await get(id)).body.status).toBe('issued');
  return { bought, id };
}

test('a ticket that is void in Redis is void to everybody, though Postgres has not heard of it and the cache says valid', async () => {
  const { bought, id } = await looked();
  site.pauseWorker();
  await giveBack(site, bought);
  expect((await get(id)).body).toMatchObject({ status: 'void', code: null });
  ages.ms = 11_000;
  expect((await get(id)).body).toMatchObject({ status: 'void', code: null });
  expect((await send(site, '/v1/tickets', { headers: fan.headers })).body.tickets[0].status).toBe('void');
  site.resumeWorker();
});

test('what the door did is seen at once: its ticket is forgotten', async () => {
  const { bought, id } = await looked();
  expect((await adminKeyScan(site, codeFor(site, bought, id))).body.result).toBe('ok');
  expect((await get(id)).body.status).toBe('redeemed');
});

test('what somebody else did is seen ten seconds later at the latest', async () => {
  const { id } = await looked();
  await set(site, id, { status: 'suspended' });
  expect((await get(id)).body.status).toBe('issued');
  ages.ms = 10_000;
  expect((await get(id)).body.status).toBe('suspended');
});

/** Puts an address to the order, as a checkout would. */
async function addressed({ order }: Bought, email: string): Promise<string> {
  return inTransaction(site.ctx.db, { role: 'worker' }, async (tx) => {
    const contact = await contactOf(tx, { email });
    await tx.updateTable('ticketing.orders').set({ contact_id: contact }).where('id', '=', order).execute();
    return contact;
  });
}

/** The person with the mailbox uses the link they were sent. */
async function signIn(contact: string): Promise<Person> {
  const token = randomBytes(32).toString('base64url');
  await inTransaction(
    site.ctx.db,
    { role: 'worker' },
    async (tx) =>
      void (await sql`insert into ticketing.sign_in_links (id, contact_id, sha256, expires_at)
        values (${randomUUID()}, ${contact}, ${hash('sha256', token, 'hex')}, now() + interval '1 minute')`.execute(
        tx,
      )),
  );
  const headers = { accept: 'application/json' };
  const { body } = await send(site, `/sign-in/${token}`, { method: 'POST', headers });
  return { token: body.token, headers: { authorization: `Bearer ${body.token}` } };
}

const erase = async (email: string, env: Record<string, string> = {}) =>
  runCommand(['gdpr', 'erase', email, '--yes'], {
    DATABASE_URL: url,
    HOLDFAST_DATA_DIR: await dataDir(),
    ...env,
  });

test('a ticket that went to the person with the mailbox is not shown to the session it was bought in, nor one whose person was erased', async () => {
  const [joined, erased, unheard] = [await looked(), await looked(), await looked()];
  const owner = await signIn(await addressed(joined.bought, 'owner@example.com'));
  const lost = await get(joined.id);
  expect([lost.status, lost.body.code]).toEqual([404, 'ticket_unknown']);
  expect((await get(joined.id, owner)).body.status).toBe('issued');

  await addressed(erased.bought, 'erased@example.com');
  const told = await erase('erased@example.com', { REDIS_URL: site.stores.redisServer.url });
  expect([told.code, told.stderr]).toEqual([0, expect.not.stringContaining('Redis was not reached')]);
  expect((await get(erased.id)).status).toBe(404);

  // Without Redis it is erased all the same, and whoever does it is told what the servers still have.
  await addressed(unheard.bought, 'unheard@example.com');
  expect((await erase('unheard@example.com')).stderr).toContain('Redis was not reached');
  ages.ms = 10_000;
  expect((await get(unheard.id)).status).toBe(404);
});

test('without Postgres a ticket is shown for five minutes, unless nobody can say that it is not void', async () => {
  const shown = await looked();
  const gone = await looked();
  const lost = await looked();
  const joined = await looked();
  const owner = await signIn(await addressed(joined.bought, 'late@example.com'));
  expect((await get(joined.id, owner)).status).toBe(200);
  const stranger = await person(site);
  const other = (await buy(site, stranger, show, 1)).tickets[0] as TicketId;
  const { redis } = site.stores;
  expect(await redis.pttl(ticketCacheKey(shown.id))).toBeGreaterThan(290_000);
  expect(await redis.pttl(ticketCacheKey(shown.id))).toBeLessThanOrEqual(300_000);
  site.pauseWorker();
  await giveBack(site, gone.bought);
  await postgres.kill();
  ages.ms = 60_000;

  const first = await get(shown.id);
  expect(first.body).toMatchObject({ status: 'issued', code: codeFor(site, shown.bought, shown.id) });
  expect(Date.parse(first.body.asOf)).toBeLessThan(Date.now() + 1_000);
  expect((await get(gone.id)).body).toMatchObject({ status: 'void', code: null });
  const unread = await get(other, stranger);
  expect([unread.status, unread.body.code]).toEqual([503, 'records_unavailable']);
  expect((await get(shown.id, stranger)).status).toBe(503);
  expect((await get(joined.id)).status).toBe(503);
  expect((await get(joined.id, owner)).body.status).toBe('issued');

  // The door asks Postgres or says that it cannot.
  const door = await adminKeyScan(site, codeFor(site, shown.bought, shown.id));
  expect([door.status, door.body.code]).toEqual([503, 'records_unavailable']);

  const names = await redis.keys('*:voided:*');
  expect(names).toHaveLength(1);
  await redis.del(...names);
  const unsure = await get(lost.id);
  expect([unsure.status, unsure.body.code]).toEqual([503, 'records_unavailable']);
  await redis.del(ticketCacheKey(shown.id));
  expect((await get(shown.id)).status).toBe(503);
  expect(site.errors).toEqual([]);
});
