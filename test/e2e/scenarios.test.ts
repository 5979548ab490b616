/** What organizers do with an event that is on sale, one scenario each over HTTP; at the end the ledger proves that all was right. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  admin,
  audited,
  hold,
  onSale,
  type Person,
  person,
  type Reply,
  type Show,
  send,
} from '../support/client.ts';
import { freshDatabase } from '../support/database.ts';
import { eventually, runHoldfast } from '../support/holdfast.ts';
import { type Site, startSite } from '../support/site.ts';

let site: Site;
let databaseUrl: string;

beforeAll(async () => {
  databaseUrl = await freshDatabase();
  site = await startSite(databaseUrl, { availabilityFreshMs: 1 });
});
afterAll(async () => {
  await site?.stop();
  expect(site.errors).toEqual([]);
});

type Counts = { available: number; held: number; capacity: number; state: string };

async function counts(show: Show): Promise<Counts[]> {
  const { body } = await send(site, `/v1/events/${show.id}/availability`);
  return body.tiers;
}

const release = (who: Person, made: Reply) =>
  send(site, `/v1/holds/${made.body.id}`, { method: 'DELETE', headers: who.headers });
const extend = (who: Person, made: Reply, key: string = randomUUID()) =>
  send(site, `/v1/holds/${made.body.id}/extend`, {
    method: 'POST',
    headers: { ...who.headers, 'idempotency-key': key },
  });
const resize = (show: Show, capacity: number, drain?: boolean) =>
  admin(site, 'PATCH', `/events/${show.id}/tiers/${show.tiers[0]}`, {
    capacity,
    ...(drain ? { drain } : {}),
  });
const withhold = (show: Show, quantity: number) =>
  admin(site, 'POST', `/events/${show.id}/withholds`, { tierId: show.tiers[0], quantity });
const outcome = ({ status, body }: Reply) => (body?.code === undefined ? status : `${status} ${body.code}`);

/** Everything is in the records, and `holdfast verify` finds nothing in them. */
async function proven(show: Show): Promise<void> {
  const { version } = await audited(site, show);
  await eventually('the records have every fact', async () => {
    const audit = await audited(site, show);
    return audit.driftUnits === 0 && audit.ghostUnits === 0;
  });
  const { code, stdout } = await runHoldfast(['verify', show.id, '--json'], { DATABASE_URL: databaseUrl });
  expect([code, JSON.parse(stdout)]).toMatchObject([0, { version, projected: version, findings: [] }]);
}

test('two tiers on one pool: together never more than the pool, in any mixture', async () => {
  const show = await onSale(
    site,
    [
      { capacity: 60, pool: 'room' },
      { capacity: 60, pool: 'room' },
    ],
    { pools: [{ ref: 'room', name: 'Room', capacity: 80 }] },
  );
  const who = await person(site);
  const replies = await Promise.all(
    Array.from({ length: 60 }, (_, index) => hold(site, who, show, 1 + (index % 3), undefined, index % 2)),
  );
  const [first, second] = await counts(show);
  expect((first?.held ?? 0) + (second?.held ?? 0)).toBe(80);
  expect([first, second]).toMatchObject([
    { available: 0, state: 'all_in_carts' },
    { available: 0, state: 'all_in_carts' },
  ]);
  expect(new Set(replies.map(outcome))).toEqual(
    new Set([201, '409 tier_all_in_carts', '409 tier_not_enough']),
  );
  // What one tier gives back, the other can have.
  const given = replies.find(({ status, body }) => status === 201 && body.items[0].tierId === show.tiers[0]);
  const units = given?.body.items[0].quantity as number;
  expect((await release(who, given as Reply)).status).toBe(204);
  expect((await hold(site, who, show, units, undefined, 1)).status).toBe(201);
  expect(outcome(await hold(site, who, show, 1))).toBe('409 tier_all_in_carts');
  await proven(show);
});

test('a hold is extended when it is about to end, once per key, as often as it may, and then it ends', async () => {
  const sale = { extensionMs: 500, extensionWindowMs: 5_000, extensionsMax: 2 };
  const who = await person(site);
  const lasting = await onSale(site, [5], { sale: { ...sale, holdTtlMs: 60_000 } });
  const young = await hold(site, who, lasting, 2);
  const early = await extend(who, young);
  expect(outcome(early)).toBe('409 extend_too_early');
  expect(early.body.from).toBe(
    new Date(Date.parse(young.body.expiresAt) - sale.extensionWindowMs).toISOString(),
  );

  // Whatever else the machine has to do: everything up to the end has the five seconds of the window.
  const show = await onSale(site, [5], { sale: { ...sale, holdTtlMs: 5_500 } });
  const made = await hold(site, who, show, 2);
  let last = made.body;
  for (const left of [1, 0]) {
    const opensAt = Date.parse(last.expiresAt) - sale.extensionWindowMs;
    const key = randomUUID();
    let askedAt = Date.now();
    let extended = await extend(who, made, key);
    while (outcome(extended) === '409 extend_too_early') {
      expect(askedAt).toBeLessThan(opensAt);
      await pause(100);
      askedAt = Date.now();
      extended = await extend(who, made, key);
    }
    expect(outcome(extended)).toBe(200);
    expect(Date.now()).toBeGreaterThanOrEqual(opensAt);
    expect(extended.body).toMatchObject({ id: made.body.id, extensionsLeft: left });
    expect(Date.parse(extended.body.expiresAt) - Date.parse(last.expiresAt)).toBe(500);
    expect((await extend(who, made, key)).text).toBe(extended.text);
    last = extended.body;
  }
  expect(outcome(await extend(who, made))).toBe('409 no_extensions_left');
  expect((await counts(show))[0]).toMatchObject({ held: 2 });
  await pause(Math.max(0, Date.parse(last.expiresAt) + 5 - Date.now()));
  // Whoever asks for stock ends what is due.
  expect((await hold(site, who, show, 5)).status).toBe(201);
  expect(outcome(await extend(who, made))).toBe('410 hold_expired');
  await proven(show);
}, 60_000);

test('a tier that is drained shrinks as its holds end, and sells nothing meanwhile', async () => {
  const show = await onSale(site, [10]);
  const who = await person(site);
  const holds = [await hold(site, who, show, 4), await hold(site, who, show, 4)] as const;
  expect((await resize(show, 3)).body).toMatchObject({ code: 'capacity_below_committed', minimum: 8 });
  const drained = await resize(show, 3, true);
  expect([drained.status, drained.body]).toMatchObject([200, { capacity: 8, target: 3 }]);
  expect(outcome(await hold(site, who, show, 1))).toBe('409 tier_all_in_carts');
  await release(who, holds[0]);
  expect(await counts(show)).toMatchObject([{ capacity: 4, held: 4, available: 0 }]);
  await release(who, holds[1]);
  expect(await counts(show)).toMatchObject([{ capacity: 3, held: 0, available: 3 }]);
  expect(outcome(await hold(site, who, show, 4))).toBe('409 tier_not_enough');
  expect((await hold(site, who, show, 3)).status).toBe(201);
  expect((await resize(show, 12)).body).toMatchObject({ capacity: 12, target: null });
  expect((await hold(site, who, show, 9)).status).toBe(201);
  await proven(show);
});

test('what is withheld cannot be had, and can be had when it is given back', async () => {
  const show = await onSale(site, [10]);
  const who = await person(site);
  const made = await hold(site, who, show, 4);
  expect(outcome(await withhold(show, 7))).toBe('409 withhold_exceeds_available');
  expect((await withhold(show, 5)).status).toBe(201);
  expect(await counts(show)).toMatchObject([{ available: 1, held: 4, capacity: 10 }]);
  expect(outcome(await hold(site, who, show, 2))).toBe('409 tier_not_enough');
  await release(who, made);
  expect((await hold(site, who, show, 5)).status).toBe(201);
  expect(outcome(await withhold(show, -6))).toBe('409 unwithhold_exceeds_withheld');
  expect((await withhold(show, -5)).status).toBe(201);
  expect((await hold(site, who, show, 5)).status).toBe(201);
  expect((await audited(site, show)).lines[0].redis).toMatchObject({ withheld: 0, held: 10, available: 0 });
  await proven(show);
});

test('a sale that is paused gives out nothing while its holds stay, and goes on where it stood', async () => {
  const show = await onSale(site, [10], { sale: { extensionWindowMs: 1_800_000 } });
  const who = await person(site);
  const made = await hold(site, who, show, 3);
  const given = await hold(site, who, show, 2);
  expect((await admin(site, 'POST', `/events/${show.id}/pause`)).body.sale.state).toBe('paused');
  expect(outcome(await hold(site, who, show, 1))).toBe('403 sale_paused');
  expect(outcome(await extend(who, made))).toBe('403 sale_paused');
  const read = await send(site, `/v1/holds/${made.body.id}`, { headers: who.headers });
  expect(read.body).toMatchObject({ state: 'active', expiresAt: made.body.expiresAt });
  expect((await release(who, given)).status).toBe(204);
  expect(await counts(show)).toMatchObject([{ available: 7, held: 3 }]);
  expect((await admin(site, 'POST', `/events/${show.id}/resume`)).body.sale.state).toBe('on_sale');
  expect((await hold(site, who, show, 7)).status).toBe(201);
  expect((await extend(who, made)).status).toBe(200);
  await proven(show);
});
