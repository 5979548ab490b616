/**
 * One fan, from arriving to leaving:
 *
 *   arriving -> looking    most within the first second, the rest trickles in
 *   looking  -> wanting    something seems to be free, or the fan tries all the same
 *   wanting  -> holding    201
 *   wanting  -> looking    a refusal; after a few of them the fan goes
 *   holding  -> looking    released, or simply abandoned: the hold ends by itself
 *   any      -> gone       the time is over, or patience is
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Availability, Held } from './api.ts';
import type { World } from './crowd.ts';
import { isUndecided, notSent } from './http.ts';
import type { Promised } from './promises.ts';
import type { Random } from './random.ts';
import type { Values } from './socket.ts';

type Person = { world: World; random: Random; index: number; token: string; tries: number };
type Basket = { tier: string; units: number };
type Holding = Basket & { id: string; promised: Promised };

export async function fan(world: World, index: number, random: Random): Promise<void> {
  const { http, counts } = world;
  await pause(world, arrivalMs(random, world.endsAt - world.startedAt));
  counts.arrived += 1;
  const door = { wanted: () => isOpen(world), atDoor: true };
  const session = await http.insist('POST', '/v1/sessions', door, world.patienceEndsAt);
  if (session.status !== 201) return;
  counts.inside += 1;
  const { token } = session.body as { token: string };
  const watcher = index < world.sockets && world.live.served() !== false ? world.live.watch() : undefined;
  const person: Person = { world, random, index, token, tries: 0 };
  let refusals = 0;
  while (isOpen(world) && refusals < random.between(3, 8)) {
    const seen = watcher?.latest() ?? (await browse(person));
    await pause(world, random.between(200, 1_500));
    const basket = choose(person, seen);
    if (basket !== undefined && isOpen(world)) {
      const holding = await want(person, basket);
      if (holding === undefined) refusals += 1;
      else await keep(person, holding);
    }
    await pause(world, random.between(500, 4_000));
  }
}

const isOpen = ({ endsAt }: World) => performance.now() < endsAt;

async function pause({ endsAt }: World, ms: number): Promise<void> {
  await sleep(Math.max(0, Math.min(ms, endsAt - performance.now())));
}

/** The stampede of the first moment, and its tail over two thirds of the time. */
function arrivalMs(random: Random, totalMs: number): number {
  return random.chance(0.4)
    ? random.next() * Math.min(1_000, totalMs / 4)
    : (random.next() * totalMs * 2) / 3;
}

/** What a fan without a socket sees, by asking. */
async function browse({ world, token }: Person): Promise<Values | undefined> {
  const path = `/v1/events/${world.show.id}/availability`;
  const { status, body } = await world.http.ask('GET', path, { token, wanted: () => isOpen(world) });
  if (status !== 200) return undefined;
  return new Map((body as Availability).tiers.map(({ tierId, ...values }) => [tierId, values]));
}

/** Mostly what seems to be free; now and then something that does not, for the count may be old. */
function choose({ world, random }: Person, seen: Values | undefined): Basket | undefined {
  const units = random.weighted({ 1: 40, 2: 45, 3: 5, 4: 10 });
  const [any] = world.show.tiers.slice(random.between(0, world.show.tiers.length - 1));
  const free = world.show.tiers.filter(({ id }) => (seen?.get(id)?.available ?? 0) > 0);
  const wanted =
    free[random.between(0, Math.max(0, free.length - 1))] ?? (random.chance(0.4) ? any : undefined);
  return wanted && { tier: wanted.id, units: Number(units) };
}

/** The same key until it is decided: however often it is sent, it is one basket. */
async function want(person: Person, { tier, units }: Basket): Promise<Holding | undefined> {
  const { world, token } = person;
  const { http, counts, show } = world;
  const reply = await http.insist(
    'POST',
    `/v1/events/${show.id}/holds`,
    {
      token,
      key: `demo-${person.index}-${person.tries++}`,
      body: { items: [{ tierId: tier, quantity: units }] },
      wanted: () => isOpen(world),
    },
    world.patienceEndsAt,
  );
  if (reply === notSent) return undefined;
  counts.attempts += 1;
  counts.times.push(reply.ms);
  if (isUndecided(reply)) {
    counts.unknown += 1;
    return undefined;
  }
  if (reply.status !== 201) {
    counts.refusals.set(reply.code, (counts.refusals.get(reply.code) ?? 0) + 1);
    return undefined;
  }
  counts.holds += 1;
  if (reply.replayed) counts.replayed += 1;
  const { id } = reply.body as Held;
  const lifetime = { from: performance.now(), to: reply.sentAt + show.rules.holdTtlMs };
  return { id, tier, units, promised: world.promises.add({ tier, units, ...lifetime }) };
}

/** What somebody does who has tickets in the basket; nobody pays here. */
async function keep(person: Person, holding: Holding): Promise<void> {
  const { world, random } = person;
  await pause(world, random.between(300, 2_000));
  const end = random.weighted({ abandon: 45, release: 35, extend: 20 });
  if (end === 'extend' && isOpen(world)) await extend(person, holding);
  if (end === 'release' || (end === 'extend' && random.chance(0.5))) return release(person, holding);
  world.counts.abandoned += 1;
}

async function extend({ world, token, index, tries }: Person, { id, promised }: Holding): Promise<void> {
  const options = { token, key: `demo-${index}-${tries}-longer` };
  const reply = await world.http.insist('POST', `/v1/holds/${id}/extend`, options, world.patienceEndsAt);
  if (reply.status !== 200) return;
  world.counts.extended += 1;
  promised.to += world.show.rules.extensionMs;
}

async function release({ world, token }: Person, { id, promised }: Holding): Promise<void> {
  // From here on it may be gone at any moment.
  promised.to = Math.min(promised.to, performance.now());
  const reply = await world.http.insist('DELETE', `/v1/holds/${id}`, { token }, world.patienceEndsAt);
  if (reply.status === 204) world.counts.released += 1;
}
