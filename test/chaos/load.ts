/**
 * The load of a chaos run: buyers who reserve, look, extend and release, send the same request again when they do not know
 * what became of it, and let many holds run out. Everything they were told is logged for the checker and remembered here.
 */
import { randomUUID } from 'node:crypto';
import { OpsLog } from '../checker/log.ts';
import { type Random, seeded } from '../sim/random.ts';
import { ask, type OpenEvent, type Reply, tokenFor } from './api.ts';

/** A hold as its buyer knows it: promised by a 2xx, not known to have ended. */
export type Promised = {
  hold: string;
  event: string;
  items: { tierId: string; quantity: number }[];
  buyer: Buyer;
  /** Unix ms, as last told. */
  expiresAt: number;
  /** When the promise was heard, Unix ms. */
  ackedAt: number;
  /** A release was sent whose outcome nobody knows. */
  doubtful: boolean;
};
type Buyer = { name: string; token: string };
export type Load = {
  promised: Map<string, Promised>;
  counts: { requests: number; acked: number; unknown: number };
  pause(): Promise<void>;
  resume(): void;
  stop(): Promise<void>;
};

const triesMax = 40;
const retryMs = 100;

export function startLoad(options: {
  dir: string;
  seed: number;
  servers: string[];
  sessionKey: string;
  events: OpenEvent[];
  lanes: number;
  buyers: number;
}): Load {
  const log = new OpsLog(options.dir, 'load');
  const promised = new Map<string, Promised>();
  const counts = { requests: 0, acked: 0, unknown: 0 };
  const buyers = Array.from({ length: options.buyers }, (_, index): Buyer => {
    return { name: `buyer${index}`, token: tokenFor(options.sessionKey) };
  });
  let running = true;
  let paused = false;
  let wake: (() => void)[] = [];
  let idle = 0;

  const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const unknown = ({ status }: Reply) => status === 0 || status >= 500;

  /** The same request until it is known what became of it; each attempt is an operation of the log. */
  const insist = async (
    random: Random,
    method: string,
    path: string,
    op: Parameters<OpsLog['invoke']>[0],
    sent: { token: string; key?: string; body?: unknown },
  ): Promise<Reply> => {
    let reply: Reply = { status: 0, body: undefined, ms: 0 };
    for (let tries = 0; tries < triesMax; tries++) {
      const id = log.invoke(op);
      counts.requests += 1;
      reply = await ask(method, random.one(options.servers), path, sent);
      const said = reply.body as { id?: string } | undefined;
      const hold = op.kind === 'reserve' ? said?.id : undefined;
      log.answer(id, { status: reply.status, body: reply.body, ...(hold === undefined ? {} : { hold }) });
      if (!unknown(reply)) return reply;
      counts.unknown += 1;
      await sleep(retryMs);
    }
    return reply;
  };

  const reserve = async (random: Random, event: OpenEvent, buyer: Buyer) => {
    const key = randomUUID();
    const tiers = event.tiers.filter(() => random.chance(0.6));
    const items = (tiers.length > 0 ? tiers : event.tiers.slice(0, 1)).map(({ id }) => ({
      tierId: id,
      quantity: 1 + random.below(2),
    }));
    const logged = items.map(({ tierId, quantity }) => ({ tier: tierId, quantity }));
    const op = { kind: 'reserve', event: event.id, key, buyer: buyer.name, items: logged } as const;
    const path = `/v1/events/${event.id}/holds`;
    const { status, body } = await insist(random, 'POST', path, op, {
      token: buyer.token,
      key,
      body: { items },
    });
    if (status !== 201) return;
    counts.acked += 1;
    const { id, expiresAt } = body as { id: string; expiresAt: string };
    const known = { hold: id, event: event.id, items, buyer, doubtful: false };
    promised.set(id, { ...known, expiresAt: Date.parse(expiresAt), ackedAt: Date.now() });
  };
  const extend = async (random: Random, one: Promised) => {
    const key = randomUUID();
    const op = { kind: 'extend', event: one.event, hold: one.hold, key, buyer: one.buyer.name } as const;
    const sent = { token: one.buyer.token, key };
    const { status, body } = await insist(random, 'POST', `/v1/holds/${one.hold}/extend`, op, sent);
    if (status === 200) {
      one.expiresAt = Math.max(one.expiresAt, Date.parse((body as { expiresAt: string }).expiresAt));
    } else if (status === 410 || status === 404) promised.delete(one.hold);
  };
  const release = async (random: Random, one: Promised) => {
    one.doubtful = true;
    const op = { kind: 'release', event: one.event, hold: one.hold, buyer: one.buyer.name } as const;
    const reply = await insist(random, 'DELETE', `/v1/holds/${one.hold}`, op, { token: one.buyer.token });
    if (!unknown(reply)) promised.delete(one.hold);
  };
  const find = async (random: Random, one: Promised) => {
    const op = { kind: 'find', event: one.event, hold: one.hold, buyer: one.buyer.name } as const;
    const { status } = await insist(random, 'GET', `/v1/holds/${one.hold}`, op, { token: one.buyer.token });
    if (status === 410 || status === 404) promised.delete(one.hold);
  };

  const lane = async (index: number) => {
    const random = seeded(options.seed + 7_919 * index);
    while (running) {
      if (paused) {
        idle += 1;
        await new Promise<void>((resolve) => wake.push(resolve));
        idle -= 1;
        continue;
      }
      const known = [...promised.values()].filter(({ doubtful }) => !doubtful);
      const what =
        known.length === 0 ? 'reserve' : random.weighted({ reserve: 60, extend: 14, release: 16, find: 10 });
      if (what === 'reserve') await reserve(random, random.one(options.events), random.one(buyers));
      else await { extend, release, find }[what](random, random.one(known));
    }
  };
  const lanes = Array.from({ length: options.lanes }, (_, index) => lane(index));
  const resume = () => {
    paused = false;
    for (const go of wake.splice(0)) go();
    wake = [];
  };
  return {
    promised,
    counts,
    async pause() {
      paused = true;
      const end = Date.now() + triesMax * 6_000;
      while (idle < options.lanes) {
        if (Date.now() > end) throw new Error('the load does not come to rest');
        await sleep(20);
      }
    },
    resume,
    async stop() {
      if (!running) return;
      running = false;
      resume();
      await Promise.all(lanes);
      log.close();
    },
  };
}
