/** One buyer of a storm, over HTTP as a browser does it, and on the payment page as a person does. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StripeSandbox } from '../../../sandbox/stripe/index.ts';
import type { OpsLog } from '../../checker/log.ts';
import { ask, type OpenEvent, type Reply, tokenFor } from '../api.ts';
import type { Plan } from './plans.ts';

/** What became of a buyer, as the harness saw it. */
export type Ending =
  | 'paid'
  | 'unfulfilled'
  | 'cancelled'
  | 'open'
  | 'not paid'
  | 'no tickets'
  | 'no order'
  | 'paid, not looked';

export type Fair = {
  servers: string[];
  sessionKey: string;
  adminKey: string;
  sandbox: StripeSandbox;
  events: OpenEvent[];
  log: OpsLog;
  count(what: string): void;
};

type Order = { id: string; status: string; expiresAt: string | null; checkoutUrl: string | null };
type Started = Order & { clientSecret: string | null };

const triesMax = 60;
const timeoutMs = 25_000;
/** Until the webhook or, where it was dropped, the poller has settled it, ms. */
const settledWithinMs = 30_000;

const lost = ({ status }: Reply) => status === 0 || status >= 500 || status === 429;

/** Sends the same request, to one server after the other, until it is known what became of it. */
async function insist(fair: Fair, method: string, path: string, sent: Parameters<typeof ask>[3] = {}) {
  let reply: Reply = { status: 0, body: undefined, ms: 0 };
  for (let tries = 0; tries < triesMax; tries++) {
    const server = fair.servers[Math.floor(Math.random() * fair.servers.length)] ?? '';
    reply = await ask(method, server, path, { timeoutMs, ...sent });
    fair.count(`${method} ${path.replace(/[a-z]+_[0-9a-f-]{36}/g, ':id')} ${nameOf(reply)}`);
    if (!lost(reply)) return reply;
    await sleep(Math.min(2_000, 100 * (tries + 1)));
  }
  return reply;
}

function nameOf({ status, body }: Reply): string {
  const code = status >= 400 ? ` ${(body as { code?: string } | undefined)?.code ?? ''}` : '';
  return `${status}${code}`;
}

async function reserve(fair: Fair, plan: Plan, token: string): Promise<string | undefined> {
  const event = fair.events[plan.event]!;
  const key = randomUUID();
  const items = plan.items.map(({ tier, quantity }) => ({ tierId: event.tiers[tier]!.id, quantity }));
  const op = {
    kind: 'reserve',
    event: event.id,
    key,
    buyer: `buyer${plan.index}`,
    items: items.map(({ tierId, quantity }) => ({ tier: tierId, quantity })),
  } as const;
  for (let tries = 0; tries < triesMax; tries++) {
    const id = fair.log.invoke(op);
    const server = fair.servers[(plan.index + tries) % fair.servers.length] ?? '';
    const path = `/v1/events/${event.id}/holds`;
    const reply = await ask('POST', server, path, { token, key, body: { items }, timeoutMs });
    const hold = (reply.body as { id?: string } | undefined)?.id;
    fair.log.answer(id, {
      status: reply.status,
      body: reply.body,
      ...(hold === undefined ? {} : { hold }),
    });
    fair.count(`POST holds ${nameOf(reply)}`);
    if (!lost(reply)) return reply.status === 201 ? hold : undefined;
    await sleep(100);
  }
  return undefined;
}

/** The payment page: what a person with this card sees. `declined` may be tried again, `closed` may not. */
function pay(fair: Fair, payment: string, card: string): 'paid' | 'declined' | 'closed' {
  try {
    fair.sandbox.control.pay(payment, { method: card });
    fair.count('page: paid');
    return 'paid';
  } catch (error) {
    const { status } = error as { status?: number };
    if (status === undefined) throw error;
    fair.count(`page: ${status === 402 ? 'declined' : 'closed'}`);
    return status === 402 ? 'declined' : 'closed';
  }
}

export async function buy(fair: Fair, plan: Plan): Promise<Ending> {
  const token = tokenFor(fair.sessionKey);
  const hold = await reserve(fair, plan, token);
  if (hold === undefined) return 'no tickets';
  const key = randomUUID();
  const body = { buyer: { email: `buyer${plan.index}@example.org` }, mode: plan.mode };
  const begun = await insist(fair, 'POST', `/v1/holds/${hold}/checkout`, { token, key, body });
  if (begun.status !== 201) return 'no order';
  const order = begun.body as Started;
  // What costs nothing is sold at once.
  if (order.status !== 'pending') return order.status === 'paid' ? 'paid' : 'unfulfilled';
  const payment = /cs_\w+/.exec(order.checkoutUrl ?? '')?.[0] ?? order.clientSecret?.split('_secret_')[0];
  if (payment === undefined) return 'no order';
  await sleep(plan.thinkMs);
  return behave(fair, plan, order, payment, token);
}

async function behave(fair: Fair, plan: Plan, order: Order, payment: string, token: string): Promise<Ending> {
  const visa = 'pm_card_visa';
  const cancel = () => insist(fair, 'POST', `/v1/orders/${order.id}/cancel`, { token });
  switch (plan.way) {
    case 'abandon':
      return 'open';
    case 'decline':
      pay(fair, payment, 'pm_card_chargeDeclined');
      return 'open';
    case 'decline, pay':
      pay(fair, payment, 'pm_card_chargeDeclinedInsufficientFunds');
      await sleep(plan.thinkMs);
      break;
    case 'cancel': {
      const { status, body } = await cancel();
      return status === 200 && (body as Order).status === 'cancelled' ? 'cancelled' : 'not paid';
    }
    case 'cancel against pay': {
      const cancelling = cancel();
      await sleep(plan.thinkMs % 60);
      const how = pay(fair, payment, visa);
      await cancelling;
      return how === 'paid' ? settled(fair, plan, order, token) : 'cancelled';
    }
    case 'late': {
      const deadline = Date.parse(order.expiresAt ?? '');
      await sleep(Math.max(0, deadline - Date.now() - 1_000 + plan.thinkMs * 20));
      break;
    }
    case 'pay':
      break;
  }
  if (pay(fair, payment, visa) !== 'paid') return 'not paid';
  return settled(fair, plan, order, token);
}

async function settled(fair: Fair, plan: Plan, order: Order, token: string): Promise<Ending> {
  if (plan.comesBack) await insist(fair, 'POST', `/v1/orders/${order.id}/complete`, { token });
  if (!plan.comesBack && plan.refunding === 'none') return 'paid, not looked';
  for (const end = Date.now() + settledWithinMs; Date.now() < end; await sleep(500)) {
    const { status, body } = await insist(fair, 'GET', `/v1/orders/${order.id}`, { token });
    const shown = body as Order & { tickets: { id: string }[] };
    if (status !== 200 || shown.status === 'pending') continue;
    if (shown.status !== 'paid') return 'unfulfilled';
    await refund(fair, plan, shown);
    return 'paid';
  }
  return 'paid, not looked';
}

/** As the organizer. A payment that is being captured is refused, and asked for again. */
async function refund(fair: Fair, plan: Plan, order: { id: string; tickets: { id: string }[] }) {
  const last = order.tickets.at(-1)?.id;
  const wanted = {
    none: undefined,
    all: {},
    'one ticket': { tickets: last === undefined ? [] : [last] },
    amount: { amount: 137 },
  }[plan.refunding];
  if (wanted === undefined) return;
  const key = randomUUID();
  const send = () =>
    insist(fair, 'POST', `/v1/orders/${order.id}/refunds`, { token: fair.adminKey, key, body: wanted });
  for (let tries = 0; tries < 20; tries++) {
    const [reply] = await Promise.all(plan.refundsTwice ? [send(), send()] : [send()]);
    if (reply?.status !== 409) return;
    await sleep(500);
  }
}
