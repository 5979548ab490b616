/** What bad input is thrown at: events in every state of a sale, holds in every end, a person and a stranger. */
import { randomUUID } from 'node:crypto';
import { createKey } from '../../../src/features/keys/create.ts';
import type { Scope } from '../../../src/features/keys/scopes.ts';
import { admin, hold, onSale, type Person, person, type Show, send } from '../client.ts';
import { eventually } from '../holdfast.ts';
import type { Site } from '../site.ts';

export type World = {
  show: Show;
  other: Show;
  draft: Show;
  future: Show;
  paused: Show;
  ended: Show;
  who: Person;
  stranger: Person;
  held: string;
  expired: string;
  released: string;
  confirmed: string;
  usedKey: string;
  /** A key that may only look at events. */
  readOnlyKey: string;
};

export async function makeWorld(site: Site): Promise<World> {
  const [show, other, draft, future, paused, ended, brief] = [
    await onSale(site, [100]),
    await onSale(site, [100]),
    await onSale(site, [100], {}, false),
    await onSale(site, [100], { sale: { opensAt: '2035-01-01T00:00:00Z' } }),
    await onSale(site, [100]),
    await onSale(site, [100]),
    await onSale(site, [100], { sale: { holdTtlMs: 1_000 } }),
  ];
  await admin(site, 'POST', `/events/${paused.id}/pause`);
  await admin(site, 'PATCH', `/events/${ended.id}/sale`, { state: 'ended' });
  const [who, stranger] = [await person(site), await person(site)];
  const usedKey = randomUUID();
  const held = (await hold(site, who, show, 1, usedKey)).body.id;
  const released = (await hold(site, who, show, 1)).body.id;
  await send(site, `/v1/holds/${released}`, { method: 'DELETE', headers: who.headers });
  const confirmed = (await hold(site, who, show, 1)).body.id;
  await confirm(site, confirmed, show, who);
  const expired = (await hold(site, who, brief, 1)).body.id;
  await eventually(
    'the hold has expired',
    async () => (await send(site, `/v1/holds/${expired}`, { headers: who.headers })).status === 410,
  );
  return {
    show,
    other,
    draft,
    future,
    paused,
    ended,
    who,
    stranger,
    held,
    expired,
    released,
    confirmed,
    usedKey,
    readOnlyKey: await keyOf(site, ['events:read']),
  };
}

export async function keyOf(site: Site, scopes: Scope[]): Promise<string> {
  const name = `key-${randomUUID()}`;
  const made = await createKey(site.ctx.db, { name, scopes }, Date.now());
  if (made.status !== 'created') throw new Error(`no key: ${made.status}`);
  return made.key;
}

/** What a payment does to a hold, without the payment. */
async function confirm(site: Site, hold: string, show: Show, who: Person): Promise<void> {
  const { inventory, buyers } = site.ctx;
  const session = site.edge.sessions.verify(who.token);
  const event = show.id.slice('evt_'.length) as Parameters<typeof buyers.of>[0];
  const buyer = buyers.of(event, session?.user ?? ('' as never));
  const order = site.ctx.ids.uuid() as never;
  const items = [{ tier: show.tiers[0]?.slice('tier_'.length) as never, quantity: 1, price: 2_500 }];
  const done = await inventory.confirm({
    event,
    hold: hold.slice('hold_'.length) as never,
    order,
    buyer,
    items,
  });
  if (done.status !== 'sold') throw new Error(`not sold: ${done.status}`);
}
