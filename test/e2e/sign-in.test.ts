/** Signing in by a mailed link: over HTTP, with the mail read from the outbox it was really written to. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readId } from '../../src/domain/ids.ts';
import { sendMail } from '../../src/features/mails/send.ts';
import { type Database, inTransaction, openDatabase, type Tx } from '../../src/persistence/database.ts';
import { contactOf } from '../../src/persistence/queries/contacts.ts';
import { type Person, person, send } from '../support/client.ts';
import { freshDatabase } from '../support/database.ts';
import { adminKey, type Site, startSite } from '../support/site.ts';

let site: Site;
/** The test's own way to Postgres, with more patience than a server may have. */
let db: Database;
beforeAll(async () => {
  const url = await freshDatabase();
  site = await startSite(url);
  db = openDatabase({ url, poolMax: 2, connectMs: 30_000 });
}, 120_000);
afterAll(async () => {
  await db.close();
  await site.stop();
});

const asWorker = <Result>(work: (tx: Tx) => Promise<Result>) => inTransaction(db, { role: 'worker' }, work);
const userOf = ({ token }: Person) => readId('session', token.split('.')[0]!)!;
let people = 0;
const someone = () => `fan${++people}@example.com`;

/** A paid order with one ticket, as the journal leaves it. */
function order(user: string | null, email: string | undefined): Promise<string> {
  return asWorker(async (tx) => {
    const contact = email === undefined ? null : await contactOf(tx, { email });
    const [event, tier, id, item] = [1, 2, 3, 4].map(() => site.ctx.ids.uuid());
    await sql`insert into events.events (id, name, start_at) values (${event}, 'Show', '2031-01-01')`.execute(
      tx,
    );
    await sql`insert into ticketing.ticket_tiers (id, event_id, price_cents, quantity, issued_quantity)
      values (${tier}, ${event}, 100, 5, 1)`.execute(tx);
    await sql`insert into ticketing.orders (id, event_id, user_id, contact_id, status, total_cents, subtotal_cents)
      values (${id}, ${event}, ${user}, ${contact}, 'paid', 100, 100)`.execute(tx);
    await sql`insert into ticketing.order_items (id, order_id, tier_id, quantity, unit_price_cents)
      values (${item}, ${id}, ${tier}, 1, 100)`.execute(tx);
    await sql`insert into ticketing.tickets (id, order_id, order_item_id, ordinal, tier_id, event_id, owner_user_id)
      values (${site.ctx.ids.uuid()}, ${id}, ${item}, 1, ${tier}, ${event}, ${user})`.execute(tx);
    return id!;
  });
}

/** Whose an order and its ticket are. */
const ownersOf = (id: string) =>
  asWorker(async (tx) => {
    const { rows } = await sql<{
      user: string;
      owner: string;
    }>`select o.user_id as user, t.owner_user_id as owner
      from ticketing.orders o join ticketing.tickets t on t.order_id = o.id where o.id = ${id}`.execute(tx);
    return [rows[0]?.user, rows[0]?.owner];
  });

const ask = (email: unknown, headers: Record<string, string> = {}) =>
  send(site, '/v1/sign-in', { method: 'POST', json: { email }, headers });

/** The links that were mailed to an address, oldest first. */
async function linksTo(email: string): Promise<string[]> {
  const ids = await asWorker(async (tx) => {
    const { rows } = await sql<{
      id: string;
    }>`select m.id from ticketing.mails m join ticketing.contacts c on c.id = m.contact_id
      where c.email_key = ${email} and m.kind = 'sign_in' order by m.created_at, m.id`.execute(tx);
    return rows.map(({ id }) => id);
  });
  const links: string[] = [];
  for (const id of ids) {
    await sendMail({ ...site.ctx, db }, id);
    const page = await send(site, `/outbox/${id}`);
    const path = /https?:\/\/[^/"]+(\/sign-in\/[\w-]{43})/.exec(page.text)?.[1];
    if (path) links.push(path);
  }
  return links;
}

const json = { accept: 'application/json' };
const use = (path: string, headers: Record<string, string> = json) =>
  send(site, path, { method: 'POST', headers });

test('the person signs in on another device, and both devices’ orders are theirs; the link works once', async () => {
  const email = someone();
  const phone = await person(site);
  const laptop = await person(site);
  const bought = await order(userOf(phone), email);
  const nameless = await order(userOf(laptop), undefined);
  const others = await order(userOf(await person(site)), someone());
  expect((await ask(` ${email.toUpperCase()} `, laptop.headers)).status).toBe(202);
  const [link] = await linksTo(email);
  // A mail scanner follows the link, as often as it likes.
  for (let n = 0; n < 2; n++) {
    const seen = await send(site, link!);
    expect([seen.status, seen.headers.get('referrer-policy'), seen.headers.get('cache-control')]).toEqual([
      200,
      'no-referrer',
      'no-store',
    ]);
    expect(seen.text).toContain('<form method="post"');
    expect(seen.headers.get('set-cookie')).toBeNull();
  }
  const signedIn = await use(link!, { ...json, ...laptop.headers });
  expect(signedIn.status).toBe(201);
  const user = readId('session', signedIn.body.userId)!;
  expect([userOf(phone), userOf(laptop)]).not.toContain(user);
  expect(await ownersOf(bought)).toEqual([user, user]);
  expect(await ownersOf(nameless)).toEqual([user, user]);
  expect(await ownersOf(others)).not.toContain(user);
  for (const headers of [laptop.headers, {}]) {
    const again = await use(link!, { ...json, ...headers });
    expect([again.status, again.body.code]).toEqual([410, 'sign_in_link_unknown']);
  }
  // The next link is for the same person, wherever it is used.
  await ask(email);
  const next = await use((await linksTo(email)).at(-1)!);
  expect(readId('session', next.body.userId)).toBe(user);
});

test('a link that somebody else asked for, or is made to use, takes nothing from anybody', async () => {
  const [victim, thief] = [someone(), someone()];
  const hers = await person(site);
  const his = await person(site);
  const bought = await order(userOf(hers), victim);
  const anonymous = await order(userOf(hers), undefined);
  const stolen = await order(userOf(his), thief);
  // He asks for her link, and she uses it: his orders stay his, and his session is nobody new.
  await ask(victim, his.headers);
  const signedIn = await use((await linksTo(victim))[0]!, { ...json, ...hers.headers });
  const user = readId('session', signedIn.body.userId)!;
  expect(await ownersOf(bought)).toEqual([user, user]);
  expect(await ownersOf(stolen)).toEqual([userOf(his), userOf(his)]);
  expect(await ownersOf(anonymous)).toEqual([userOf(hers), userOf(hers)]);
  // He asks for his own, and she is made to use it: hers stay hers.
  await ask(thief, his.headers);
  await use((await linksTo(thief))[0]!, { ...json, ...hers.headers });
  expect(await ownersOf(anonymous)).toEqual([userOf(hers), userOf(hers)]);
  expect(await ownersOf(bought)).toEqual([user, user]);
});

test('what a person bought for another address while signed in stays theirs, and a passed-on ticket with its new owner', async () => {
  const [email, friend] = [someone(), someone()];
  const first = await order(null, email);
  await ask(email);
  const user = readId('session', (await use((await linksTo(email))[0]!)).body.userId)!;
  expect(await ownersOf(first)).toEqual([user, user]);
  const present = await order(user, friend);
  const own = await order(userOf(await person(site)), friend);
  const passedOn = site.ctx.ids.uuid();
  await asWorker(
    async (tx) =>
      void (await sql`update ticketing.tickets set owner_user_id = ${passedOn} where order_id = ${own}`.execute(
        tx,
      )),
  );
  await ask(friend);
  const other = readId('session', (await use((await linksTo(friend))[0]!)).body.userId)!;
  expect(await ownersOf(present)).toEqual([user, user]);
  expect(await ownersOf(own)).toEqual([other, passedOn]);
});

test('an expired link, a wrong one, and one of an erased person are the same to whoever uses them', async () => {
  const [email, gone] = [someone(), someone()];
  for (const each of [email, gone]) {
    await order(null, each);
    await ask(each);
  }
  const [link] = await linksTo(email);
  const [erased] = await linksTo(gone);
  await asWorker(
    async (tx) =>
      void (await sql`update ticketing.contacts set email = '', email_key = null, erased_at = now()
        where email_key = ${gone}`.execute(tx)),
  );
  const late = await use(erased!);
  expect([late.status, late.body.code]).toEqual([410, 'sign_in_link_unknown']);
  await asWorker(
    async (tx) =>
      void (await sql`update ticketing.sign_in_links set created_at = now() - interval '16 minutes',
    expires_at = now() - interval '1 minute'`.execute(tx)),
  );
  const wrong = `/sign-in/${'A'.repeat(43)}`;
  for (const path of [link!, wrong, '/sign-in/x', `/sign-in/${'%00'.repeat(9)}`, `${link}x`]) {
    const refused = await use(path);
    expect([refused.status, refused.body.code]).toEqual([410, 'sign_in_link_unknown']);
  }
});

test('nobody learns whether an address is known; a mailbox gets three links in their time and no fourth', async () => {
  const email = someone();
  await order(null, email);
  const answers = [];
  for (const each of [email, email, email, email, 'nobody@example.com']) {
    const { status, text, headers } = await ask(each);
    answers.push([status, text, [...headers.keys()].sort().join()]);
  }
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(answers[0]?.[0]).toBe(202);
  expect(await linksTo(email)).toHaveLength(3);
  const stored = await asWorker(
    async (tx) =>
      (
        await sql<{ text: string }>`select json_agg(l)::text || coalesce((select json_agg(m)::text
    from ticketing.mails m), '') || coalesce((select json_agg(j)::text from graphile_worker._private_jobs j), '') as text
    from ticketing.sign_in_links l`.execute(tx)
      ).rows[0]!.text,
  );
  expect(stored).not.toContain('@example.com');
  for (const link of await linksTo(email)) expect(stored).not.toContain(link.split('/').at(-1));
});

test.each([
  [''],
  ['x'],
  ['a@b@c'],
  ['a b@example.com'],
  ['a@example.com\nbcc: b@example.com'],
  ['<a@example.com>'],
  [`${'a'.repeat(250)}@example.com`],
  [5],
  [null],
])('%j is no address', async (email) => {
  const refused = await ask(email);
  expect([refused.status, refused.body.code]).toEqual([422, 'input_invalid']);
});

test('the form asks and the button signs in without script; a page of another site presses no button', async () => {
  const email = someone();
  await order(null, email);
  const form = (path: string, body: string, headers: Record<string, string> = {}) =>
    fetch(site.url + path, {
      method: 'POST',
      redirect: 'manual',
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html', ...headers },
    });
  const asked = await form('/sign-in', `email=${encodeURIComponent(email)}`);
  expect([asked.status, asked.headers.get('location')]).toEqual([303, '/sign-in?said=sent']);
  expect((await send(site, '/sign-in?said=sent')).text).toContain('If we know this address');
  expect((await form('/sign-in', 'email=nothing')).headers.get('location')).toBe('/sign-in?said=address');
  const [link] = await linksTo(email);
  const foreign = await form(link!, '', { 'sec-fetch-site': 'cross-site' });
  expect([foreign.status, foreign.headers.get('location'), foreign.headers.get('set-cookie')]).toEqual([
    303,
    link,
    null,
  ]);
  const pressed = await form(link!, '', { 'sec-fetch-site': 'same-origin' });
  expect([pressed.status, pressed.headers.get('location')]).toEqual([303, '/orders']);
  expect(pressed.headers.get('set-cookie')).toMatch(/^holdfast_session=ses_.*HttpOnly; SameSite=Lax$/);
  expect((await form(link!, '')).headers.get('location')).toBe('/sign-in?said=over');
});

test('the outbox is for who sits at the machine, or has the administrator’s key, and its HTML for a sandbox', async () => {
  const email = someone();
  await order(null, email);
  await ask(email);
  await linksTo(email);
  const list = await send(site, '/outbox');
  expect(list.text).toContain(email);
  const path = /href="(\/outbox\/[0-9a-f-]{36})"/.exec(list.text)?.[1];
  const frame = await send(site, `${path}/html`);
  expect(frame.headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none'/);
  expect(frame.text).toContain('<h1');
  const proxied = { 'x-forwarded-for': '203.0.113.9' };
  for (const where of ['/outbox', path!, `${path}/html`]) {
    expect((await send(site, where, { headers: proxied })).status).toBe(404);
    expect(
      (await send(site, where, { headers: { ...proxied, authorization: `Bearer ${adminKey}` } })).status,
    ).toBe(200);
  }
  for (const odd of ['/outbox/..%2f..%2fetc%2fpasswd', '/outbox/x', `/outbox/${site.ctx.ids.uuid()}`]) {
    expect((await send(site, odd)).status).toBe(404);
  }
});

test('an organizer has an order explained; who has no key, or asks for what is not there, does not', async () => {
  const id = await order(null, someone());
  const look = (path: string, key = adminKey) =>
    send(site, `/v1/admin/orders/${path}/timeline`, { headers: { authorization: `Bearer ${key}` } });
  const told = await look(`ord_${id}`);
  expect(told.status).toBe(200);
  expect(told.body).toMatchObject({
    orderId: `ord_${id}`,
    holdId: null,
    complete: true,
    moments: [{ source: 'order' }],
  });
  expect((await look(`ord_${id}`, 'nobody')).status).toBe(401);
  for (const path of [`ord_${site.ctx.ids.uuid()}`, id, 'ord_x']) {
    expect([path, (await look(path)).body.code]).toEqual([path, 'order_unknown']);
  }
});
