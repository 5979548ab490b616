/** Scanners without a network: what they are given, what they can tell by themselves, and how their scans are settled. */
import { createPublicKey, hash, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TicketId } from '../../src/domain/ids.ts';
import { onSale, type Person, person, type Show, send } from '../support/client.ts';
import { freshDatabase } from '../support/database.ts';
import { adminKey, type Site, startSite } from '../support/site.ts';
import { becomes, buy, codeFor, giveBack, rowOf, scan, set } from '../support/tickets.ts';

let site: Site;
let show: Show;
let fan: Person;
beforeAll(async () => {
  site = await startSite(await freshDatabase());
  show = await onSale(site, [1_000]);
  fan = await person(site);
}, 60_000);
afterAll(() => site?.stop());

async function ticket(): Promise<{ id: TicketId; code: string }> {
  const bought = await buy(site, fan, show, 1);
  const id = bought.tickets[0] as TicketId;
  return { id, code: codeFor(site, bought, id) };
}

const resultOf = async (reply: Promise<{ body: { result: string } }>) => (await reply).body.result;

describe('scans without a network', () => {
  const upload = (deviceId: string, scans: { code: string; scannedAt: string }[]) =>
    send(site, '/v1/checkins/batch', {
      method: 'POST',
      headers: { authorization: `Bearer ${adminKey}` },
      json: { gate: deviceId, deviceId, scans },
    });
  // One moment for all: the same scan has the same time, also when a second begins between two uploads.
  const begun = Math.floor(Date.now() / 1_000) * 1_000;
  const minutesAgo = (minutes: number) => new Date(begun - minutes * 60_000).toISOString();

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
    const spki = Buffer.concat([
      Buffer.from('302a300506032b6570032100', 'hex'),
      Buffer.from(publicKey, 'base64url'),
    ]);
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
    const [valid, used, gone, busy, moved] = bought.tickets as [
      TicketId,
      TicketId,
      TicketId,
      TicketId,
      TicketId,
    ];
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
    expect([valid, used, gone, busy].map((id) => judge(codeFor(site, bought, id)))).toEqual([
      'v',
      'u',
      'r',
      'r',
    ]);
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
      send(site, `/v1/events/${show.id}/checkin-manifest?${query}`, {
        headers: { authorization: `Bearer ${adminKey}` },
      });
    for (const query of ['limit=0', 'limit=5001', 'limit=0x10', 'after=tkt_1', 'after=', 'other=1']) {
      expect((await get(query)).status, query).toBe(422);
    }
  });
});
