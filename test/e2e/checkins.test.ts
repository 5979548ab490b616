/** The door: a ticket lets one person in, whoever asks how often, and every other answer says why it does not. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { showId, type TicketId } from '../../src/domain/ids.ts';
import { derivedTicketKeys, ticketCode } from '../../src/domain/ticket-code.ts';
import { scanId } from '../../src/features/checkins/batch.ts';
import { createKey } from '../../src/features/keys/create.ts';
import { createKeyFinder } from '../../src/features/keys/find.ts';
import { until } from '../../src/features/until.ts';
import { inTransaction, openDatabase, type Tx } from '../../src/persistence/database.ts';
import { insertCheckin } from '../../src/persistence/queries/checkins.ts';
import { admin, decided, onSale, type Person, person, type Show, send } from '../support/client.ts';
import { freshDatabase } from '../support/database.ts';
import { adminKey, type Site, startSite } from '../support/site.ts';
import {
  type Bought,
  becomes,
  buy,
  codeFor,
  giveBack,
  rowOf,
  scan,
  set,
  ticketPath,
} from '../support/tickets.ts';

let site: Site;
let show: Show;
let fan: Person;
let url: string;
beforeAll(async () => {
  url = await freshDatabase();
  site = await startSite(url, {}, ({ db, now }) => ({ findKey: createKeyFinder(db, now) }));
  show = await onSale(site, [1_000]);
  fan = await person(site);
}, 60_000);
afterAll(() => site?.stop());

/** A ticket and its code. */
async function ticket(): Promise<{ bought: Bought; id: TicketId; code: string }> {
  const bought = await buy(site, fan, show, 1);
  const id = bought.tickets[0] as TicketId;
  return { bought, id, code: codeFor(site, bought, id) };
}

/** As a device does: a 503 says that the same request may be sent again, under the same key. */
function insisting(json: object) {
  const key = { 'idempotency-key': randomUUID() };
  return decided(() => scan(site, adminKey, json, key), 30);
}

const resultOf = async (reply: Promise<{ body: { result: string } }>) => (await reply).body.result;

const events = (id: TicketId) =>
  inTransaction(site.ctx.db, { role: 'readonly', readOnly: true }, (tx) =>
    tx
      .selectFrom('ticketing.ticket_events')
      .select(['event_type', 'metadata'])
      .where('ticket_id', '=', id)
      .orderBy('id')
      .execute(),
  );

describe('one scan', () => {
  test('redeems the ticket, and another says when and where that was', async () => {
    const { id, code } = await ticket();
    const first = await scan(site, adminKey, { code });
    expect(first.body).toMatchObject({ result: 'ok', ticketId: showId('ticket', id), tierName: 'Tier 0' });
    expect(await rowOf(site, id)).toMatchObject({ status: 'redeemed' });
    const second = await scan(site, adminKey, { code, gate: 'south', deviceId: 'scanner-2' });
    expect(second.body).toMatchObject({
      result: 'duplicate',
      first: { gate: 'north', deviceId: 'scanner-1', scannedAt: first.body.scannedAt },
    });
    expect((await events(id)).map(({ event_type }) => event_type)).toEqual(['created', 'redeemed']);
    expect((await events(id))[1]?.metadata).toMatchObject({
      by: 'first',
      gate: 'north',
      device: 'scanner-1',
    });
  });

  test('is answered as the first time when the device repeats its request', async () => {
    const { code } = await ticket();
    const again = { 'idempotency-key': randomUUID() };
    const first = await scan(site, adminKey, { code }, again);
    const second = await scan(site, adminKey, { code }, again);
    expect([first.body.result, first.headers.get('idempotency-replayed')]).toEqual(['ok', null]);
    expect([second.text, second.headers.get('idempotency-replayed')]).toEqual([first.text, 'true']);
    const other = await scan(site, adminKey, { code: (await ticket()).code }, again);
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
    // Another device that happens to use the same key is another scan.
    expect(await resultOf(scan(site, adminKey, { code, deviceId: 'scanner-2' }, again))).toBe('duplicate');
  });

  test('lets one person in of a hundred who show the same code in the same moment', async () => {
    const { id, code } = await ticket();
    const replies = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        insisting({ code, gate: `gate ${n % 2}`, deviceId: `scanner-${n}` }),
      ),
    );
    const admitted = replies.filter(({ body }) => body.result === 'ok');
    expect(admitted).toHaveLength(1);
    expect(replies.filter(({ body }) => body.result === 'duplicate')).toHaveLength(99);
    const { scannedAt } = admitted[0]!.body;
    const n = replies.indexOf(admitted[0]!);
    const first = { gate: `gate ${n % 2}`, deviceId: `scanner-${n}`, scannedAt };
    for (const { body } of replies) if (body.result === 'duplicate') expect(body.first).toEqual(first);
    expect((await events(id)).filter(({ event_type }) => event_type === 'redeemed')).toHaveLength(1);
  });

  /** Scans that come while somebody else has the row: `meanwhile` is what that one does to it. */
  async function whileLocked(
    id: TicketId,
    scans: (() => Promise<string>)[],
    meanwhile: object,
    before: (tx: Tx) => Promise<void> = async () => undefined,
  ) {
    const other = openDatabase({ url, poolMax: 1 });
    const results = await inTransaction(
      other,
      { role: 'worker', timeouts: { idleInTransactionMs: 30_000 } },
      async (tx) => {
        await sql`update ticketing.tickets set updated_at = now() where id = ${id}`.execute(tx);
        await before(tx);
        const asked = scans.map((ask) => ask());
        const all = await until(10_000, async () => {
          const { rows } = await sql<{ n: number }>`
          select count(distinct w.pid) as n from pg_locks w join pg_locks t on t.pid = w.pid
          where not w.granted and t.relation = 'ticketing.tickets'::regclass
            and t.database = (select oid from pg_database where datname = current_database())`.execute(tx);
          return (rows[0]?.n ?? 0) >= scans.length ? true : undefined;
        });
        expect(all, 'every scan waits for the row').toBe(true);
        await tx.updateTable('ticketing.tickets').set(meanwhile).where('id', '=', id).execute();
        return { asked };
      },
    );
    await other.close();
    return Promise.all(results.asked);
  }

  test('waits for whoever has the row: of two gates one lets somebody in', async () => {
    const { id, code } = await ticket();
    const at = (gate: string) => () => resultOf(insisting({ code, gate, deviceId: gate }));
    const results = await whileLocked(id, [at('north'), at('south')], { version: 7 });
    expect(results.sort()).toEqual(['duplicate', 'ok']);
  });

  test('waits for a refund that has the row, and is told of it', async () => {
    const { id, code } = await ticket();
    const ask = () => resultOf(insisting({ code }));
    expect(await whileLocked(id, [ask], { status: 'refunding' })).toEqual(['refunding']);
    expect(await rowOf(site, id)).toMatchObject({ status: 'refunding' });
  });

  test('under a key that another ticket is being let in with at this moment is refused, and changes nothing', async () => {
    const [theirs, ours] = [await ticket(), await ticket()];
    const key = randomUUID();
    const ask = async () => {
      const reply = await scan(site, adminKey, { code: ours.code }, { 'idempotency-key': key });
      return `${reply.status} ${reply.body.code}`;
    };
    const admitted = (tx: Tx) =>
      insertCheckin(tx, {
        id: scanId('first', 'scanner-1', 'key', key),
        ticket: theirs.id,
        event: theirs.bought.event,
        generation: 1,
        result: 'ok',
        gate: 'north',
        device: 'scanner-1',
        key: 'first',
        offline: false,
        scannedAt: Date.now(),
      });
    const refused = await whileLocked(theirs.id, [ask], { version: 7 }, admitted);
    expect(refused).toEqual(['422 idempotency_key_reused']);
    expect(await rowOf(site, ours.id)).toMatchObject({ status: 'issued' });
    expect((await events(ours.id)).map(({ event_type }) => event_type)).toEqual(['created']);
    expect(await resultOf(scan(site, adminKey, { code: ours.code }))).toBe('ok');
  });

  test('of many pairs of tickets that share a key in the same moment one each is let in', async () => {
    const pairs = [];
    for (let n = 0; n < 8; n++) pairs.push([await ticket(), await ticket()]);
    const told = await Promise.all(
      pairs.map(async (pair) => {
        const key = { 'idempotency-key': randomUUID() };
        const replies = pair.map(({ code }) => decided(() => scan(site, adminKey, { code }, key), 30));
        return (await Promise.all(replies)).map(
          ({ status, body }) => `${status} ${body.result ?? body.code}`,
        );
      }),
    );
    for (const each of told) expect(each.sort()).toEqual(['200 ok', '422 idempotency_key_reused']);
  });

  test.each([
    ['suspended', 'suspended'],
    ['refunding', 'refunding'],
  ])('of a ticket that is %s says so', async (status, result) => {
    const { id, code } = await ticket();
    await set(site, id, { status });
    expect(await resultOf(scan(site, adminKey, { code }))).toBe(result);
  });

  test('of a void ticket says so', async () => {
    const { bought, id, code } = await ticket();
    await giveBack(site, bought);
    await becomes(site, id, 'void');
    expect(await resultOf(scan(site, adminKey, { code }))).toBe('void');
    expect((await send(site, `${ticketPath(id)}/qr.svg`, { headers: fan.headers })).body.code).toBe(
      'ticket_void',
    );
  });

  test('of an older generation is refused, and of one that is to come is forged', async () => {
    const { bought, id } = await ticket();
    await set(site, id, { generation: 2 });
    expect(await resultOf(scan(site, adminKey, { code: codeFor(site, bought, id, 1) }))).toBe(
      'old_generation',
    );
    expect(await resultOf(scan(site, adminKey, { code: codeFor(site, bought, id, 3) }))).toBe('forged');
    expect(await resultOf(scan(site, adminKey, { code: codeFor(site, bought, id, 2) }))).toBe('ok');
  });

  test('of what we did not sign is forged', async () => {
    const { bought, id, code } = await ticket();
    const theirs = derivedTicketKeys(Buffer.from('of another server'));
    const forged = [
      ticketCode(theirs, { event: bought.event, ticket: id, generation: 1 }),
      codeFor(site, bought, '01900000-0000-7000-8000-000000000000' as TicketId),
      code.slice(0, -8),
      'HELLO',
    ];
    for (const one of forged) expect(await resultOf(scan(site, adminKey, { code: one }))).toBe('forged');
    expect(await rowOf(site, id)).toMatchObject({ status: 'issued' });
  });

  test.each([
    [{ code: '' }, '/code'],
    [{ code: 'A'.repeat(401) }, '/code'],
    [{ code: 'A', gate: '' }, '/gate'],
    [{ code: 'A', more: 1 }, ''],
    [{ code: 'A', scannedAt: '2041-01-01T00:00:00Z' }, '/scannedAt'],
    [{ code: 'A', scannedAt: 'yesterday' }, '/scannedAt'],
    [{ code: 'A', eventId: 'evt_1' }, '/eventId'],
  ])('that is no scan is refused: %j', async (json, pointer) => {
    const reply = await scan(site, adminKey, json);
    expect([reply.status, reply.body.errors[0].pointer]).toEqual([422, pointer]);
  });
});

describe('the key of a door', () => {
  const key = async (name: string, events: string[] | undefined) => {
    const wanted = {
      name,
      scopes: ['checkins:write' as const],
      ...(events && { events: events as never[] }),
    };
    const made = await createKey(site.ctx.db, wanted, Date.now());
    return made.status === 'created' ? made.key : made.status;
  };

  test('opens the doors of its events and of no others', async () => {
    const { bought, id, code } = await ticket();
    const other = await onSale(site, [10]);
    const theirs = await key('other-door', [other.id.slice(4)]);
    const ours = await key('our-door', [bought.event]);
    expect(await resultOf(scan(site, theirs, { code }))).toBe('wrong_event');
    expect(await resultOf(scan(site, adminKey, { code, eventId: other.id }))).toBe('wrong_event');
    const manifest = `/v1/events/${show.id}/checkin-manifest`;
    const refused = await send(site, manifest, { headers: { authorization: `Bearer ${theirs}` } });
    expect([refused.status, refused.body.code]).toEqual([404, 'event_unknown']);
    expect(await rowOf(site, id)).toMatchObject({ status: 'issued' });
    expect(await resultOf(scan(site, ours, { code, eventId: show.id }))).toBe('ok');
  });

  test('is nothing else: for some events it has no other scope, and without the scope there is no door', async () => {
    const wanted = {
      name: 'mixed',
      scopes: ['checkins:write', 'events:read'] as const,
      events: ['x' as never],
    };
    const made = await createKey(site.ctx.db, { ...wanted, scopes: [...wanted.scopes] }, Date.now());
    expect(made).toEqual({ status: 'scopes_not_of_doors' });
    const reader = await createKey(site.ctx.db, { name: 'reader', scopes: ['events:read'] }, Date.now());
    const text = reader.status === 'created' ? reader.key : '';
    expect((await scan(site, text, { code: 'A' })).body.code).toBe('scope_missing');
    expect((await scan(site, fan.token, { code: 'A' })).body.code).toBe('admin_key_required');
  });
});

describe('codes that rotate', () => {
  test('are needed once the event asks for them, and a picture of one is of no use a minute later', async () => {
    const own = await onSale(site, [10]);
    const bought = await buy(site, fan, own, 2);
    const [id, next] = bought.tickets as [TicketId, TicketId];
    const path = `/events/${own.id}`;
    expect((await admin(site, 'PATCH', path, { rotatingCodes: true })).body.rotatingCodes).toBe(true);
    const shown = await send(site, ticketPath(id), { headers: fan.headers });
    expect(Date.parse(shown.body.codeChangesAt) - Date.now()).toBeLessThanOrEqual(30_000);
    const old = codeFor(site, bought, id, 1, Date.now() - 90_000);
    expect(await resultOf(scan(site, adminKey, { code: old }))).toBe('expired_code');
    expect(await resultOf(scan(site, adminKey, { code: codeFor(site, bought, id) }))).toBe('expired_code');
    expect(await resultOf(scan(site, adminKey, { code: shown.body.code }))).toBe('ok');
    // A scanner without a network saw it in time.
    const at = new Date(Date.now() - 600_000).toISOString();
    const seen = codeFor(site, bought, next, 1, Date.parse(at));
    expect(await resultOf(scan(site, adminKey, { code: seen, scannedAt: at }))).toBe('ok');
  });
});
