/** The door: a ticket lets one person in, whoever asks how often, and every other answer says why it does not. */
import { createPublicKey, hash, randomUUID, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { showId, type TicketId } from '../../src/domain/ids.ts';
import { derivedTicketKeys, ticketCode } from '../../src/domain/ticket-code.ts';
import { createKey } from '../../src/features/keys/create.ts';
import { createKeyFinder } from '../../src/features/keys/find.ts';
import { inTransaction, openDatabase } from '../../src/persistence/database.ts';
import { lockTicket, setTicketStatus } from '../../src/persistence/queries/tickets.ts';
import { admin, onSale, type Person, person, type Show, send } from '../support/client.ts';
import { freshDatabase } from '../support/database.ts';
import { adminKey, type Site, startSite } from '../support/site.ts';
import { becomes, type Bought, buy, codeFor, giveBack, rowOf, scan, set, ticketPath } from '../support/tickets.ts';

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
    expect((await events(id))[1]?.metadata).toMatchObject({ by: 'first', gate: 'north', device: 'scanner-1' });
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
    const results = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        resultOf(scan(site, adminKey, { code, gate: `gate ${n % 2}`, deviceId: `scanner-${n}` })),
      ),
    );
    expect(results.filter((result) => result === 'ok')).toHaveLength(1);
    expect(results.filter((result) => result === 'duplicate')).toHaveLength(99);
    expect((await events(id)).filter(({ event_type }) => event_type === 'redeemed')).toHaveLength(1);
  });

  test('waits for a refund that has the row, and is told of it', async () => {
    const { id, code } = await ticket();
    const other = openDatabase({ url, poolMax: 1 });
    const waiting = await inTransaction(other, { role: 'worker' }, async (tx) => {
      await lockTicket(tx, id);
      const reply = scan(site, adminKey, { code });
      await setTicketStatus(tx, id, 'refunding', 0);
      return { reply };
    });
    expect(await resultOf(waiting.reply)).toBe('refunding');
    await other.close();
    expect(await rowOf(site, id)).toMatchObject({ status: 'refunding' });
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
    expect((await send(site, `${ticketPath(id)}/qr.svg`, { headers: fan.headers })).body.code).toBe('ticket_void');
  });

  test('of an older generation is refused, and of one that is to come is forged', async () => {
    const { bought, id } = await ticket();
    await set(site, id, { generation: 2 });
    expect(await resultOf(scan(site, adminKey, { code: codeFor(site, bought, id, 1) }))).toBe('old_generation');
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
    const wanted = { name, scopes: ['checkins:write' as const], ...(events && { events: events as never[] }) };
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
    const wanted = { name: 'mixed', scopes: ['checkins:write', 'events:read'] as const, events: ['x' as never] };
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

describe('scans without a network', () => {
  const upload = (deviceId: string, scans: { code: string; scannedAt: string }[]) =>
    send(site, '/v1/checkins/batch', {
      method: 'POST',
      headers: { authorization: `Bearer ${adminKey}` },
      json: { gate: deviceId, deviceId, scans },
    });
  const minutesAgo = (minutes: number) => new Date(Math.floor(Date.now() / 1_000) * 1_000 - minutes * 60_000).toISOString();

  test('are settled by the earlier scan, whoever uploads first, and both sides are told', async () => {
    const { id, code } = await ticket();
    const late = await upload('west', [{ code, scannedAt: minutesAgo(5) }]);
    expect(late.body.scans).toMatchObject([{ result: 'ok' }]);
    const early = await upload('east', [{ code, scannedAt: minutesAgo(9) }]);
    expect(early.body.scans).toMatchObject([{ result: 'ok', conflict: { gate: 'west', deviceId: 'west' } }]);
    const again = await upload('west', [{ code, scannedAt: minutesAgo(5) }]);
    expect(again.body.scans).toMatchObject([{ result: 'duplicate', first: { gate: 'east' } }]);
    expect((await rowOf(site, id))?.redeemedAt).toBe(Date.parse(minutesAgo(9)));
    expect(await resultOf(scan(site, adminKey, { code }))).toBe('duplicate');
  });

  test('of one device are judged in the order of their times and answered in the order of the upload', async () => {
    const { code } = await ticket();
    const other = await ticket();
    const scans = [
      { code, scannedAt: minutesAgo(1) },
      { code: other.code, scannedAt: minutesAgo(2) },
      { code, scannedAt: minutesAgo(3) },
      { code: 'NONSENSE', scannedAt: minutesAgo(1) },
      { code, scannedAt: minutesAgo(60 * 24 * 8) },
    ];
    const expected = ['duplicate', 'ok', 'ok', 'forged', 'implausible_time'];
    for (let attempt = 0; attempt < 2; attempt++) {
      const { body } = await upload('van', scans);
      expect(body.scans.map(({ result }: { result: string }) => result)).toEqual(expected);
    }
  });

  test('are at most 200 at a time', async () => {
    const scans = Array.from({ length: 201 }, () => ({ code: 'A', scannedAt: minutesAgo(1) }));
    expect((await upload('van', scans)).body.errors[0].pointer).toBe('/scans');
  });
});

describe('the manifest', () => {
  /** All that a scanner has: the pinned public key, and what it can compute. */
  function offline(publicKey: string, pages: { manifest: string; signature: string }[]) {
    const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(publicKey, 'base64url')]);
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    const known = new Map<string, [generation: number, state: string]>();
    let after = '';
    for (const { manifest, signature } of pages) {
      const signed = Buffer.from(`holdfast manifest\n${manifest}`);
      if (!verify(null, signed, key, Buffer.from(signature, 'base64url'))) throw new Error('not signed');
      const page = JSON.parse(manifest);
      if (page.after !== after) throw new Error('a page is missing');
      after = page.next;
      for (const [digests, generation, state] of page.tickets) known.set(digests[0], [generation, state]);
    }
    if (after !== '') throw new Error('the last page is missing');
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
    return (code: string): string => {
      const bits = [...code].map((letter) => letters.indexOf(letter).toString(2).padStart(5, '0')).join('');
      const bytes = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
      const body = Buffer.concat([Buffer.from('holdfast ticket\n'), bytes.subarray(0, 41)]);
      if (!verify(null, body, key, bytes.subarray(41, 105))) return 'forged';
      const digest = hash('sha256', bytes.subarray(25, 41), 'buffer').subarray(0, 16).toString('base64url');
      const [generation, state] = known.get(digest) ?? [];
      if (generation === undefined) return 'unknown';
      if (generation !== bytes.readUInt32BE(21)) return 'old';
      return state ?? 'unknown';
    };
  }

  test('tells a scanner without a network what each code is worth, page by page', async () => {
    const own = await onSale(site, [10]);
    const bought = await buy(site, fan, own, 5);
    const [valid, used, gone, busy, moved] = bought.tickets as [TicketId, TicketId, TicketId, TicketId, TicketId];
    await scan(site, adminKey, { code: codeFor(site, bought, used) });
    await giveBack(site, bought, [gone]);
    await becomes(site, gone, 'void');
    await set(site, busy, { status: 'refunding' });
    await set(site, moved, { generation: 2 });

    const pages: { manifest: string; signature: string }[] = [];
    const path = `/v1/events/${own.id}/checkin-manifest?limit=2`;
    let etag = '';
    for (let next: string | undefined = path; next !== undefined; ) {
      const reply = await send(site, next, { headers: { authorization: `Bearer ${adminKey}` } });
      expect(reply.status).toBe(200);
      pages.push(reply.body);
      etag = reply.headers.get('etag') ?? '';
      next = /<(.+)>/.exec(reply.headers.get('link') ?? '')?.[1];
    }
    expect(pages).toHaveLength(3);
    const raw = site.ctx.tickets.keys[0].raw.toString('base64url');
    const judge = offline(raw, pages);
    expect([valid, used, gone, busy].map((id) => judge(codeFor(site, bought, id)))).toEqual(['v', 'u', 'r', 'r']);
    expect([1, 2].map((generation) => judge(codeFor(site, bought, moved, generation)))).toEqual(['old', 'v']);
    const other = await ticket();
    expect(judge(other.code)).toBe('unknown');
    expect(() => offline(raw, pages.slice(1))).toThrow('a page is missing');
    expect(() => offline(raw, pages.slice(0, 2))).toThrow('the last page is missing');
    const [first] = pages as [{ manifest: string; signature: string }];
    expect(() => offline(raw, [{ ...first, manifest: first.manifest.replace('"r"', '"v"') }])).toThrow();
    expect(() => offline(raw, [{ ...first, manifest: `${first.manifest} ` }])).toThrow('not signed');

    const ask = (tag: string) =>
      send(site, path, { headers: { authorization: `Bearer ${adminKey}`, 'if-none-match': tag } });
    expect((await ask(etag)).status).toBe(304);
    await scan(site, adminKey, { code: codeFor(site, bought, valid) });
    const changed = await ask(etag);
    expect([changed.status, changed.headers.get('etag') === etag]).toEqual([200, false]);
  });

  test('is refused for what is no page of it', async () => {
    const get = (query: string) =>
      send(site, `/v1/events/${show.id}/checkin-manifest?${query}`, { headers: { authorization: `Bearer ${adminKey}` } });
    for (const query of ['limit=0', 'limit=5001', 'limit=0x10', 'after=tkt_1', 'after=', 'other=1']) {
      expect((await get(query)).status, query).toBe(422);
    }
  });
});
