/** The port on the real SDK, against the local Stripe: in health, and while it does what Stripe does on a bad day. */
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type HostileOptions, type StripeSandbox, startStripeSandbox } from '../../sandbox/stripe/index.ts';
import { listening } from '../../test/support/listening.ts';
import type { EventId, HoldId, OrderId, RefundId } from '../domain/ids.ts';
import type { ProviderEvent, StartPayment } from './payments.ts';
import { createStripePayments, type StripeOptions } from './stripe.ts';

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

async function bed(options: { hostile?: HostileOptions; stripe?: Partial<StripeOptions> } = {}) {
  const sandbox = await startStripeSandbox({
    settleMs: 100,
    ...(options.hostile ? { hostile: options.hostile } : {}),
  });
  running.push(sandbox);
  return { sandbox, payments: paymentsOf(sandbox, options.stripe) };
}

function paymentsOf(sandbox: StripeSandbox, more: Partial<StripeOptions> = {}) {
  const { secretKey, webhookSecret, url } = sandbox;
  return createStripePayments({ secretKey, webhookSecrets: [webhookSecret], apiBase: url, ...more });
}

async function listened(take: (socket: Socket) => void) {
  const server = await listening(take);
  running.push(server);
  return server;
}

const starting = (differs: Partial<StartPayment> = {}): StartPayment => ({
  order: randomUUID() as OrderId,
  event: randomUUID() as EventId,
  hold: randomUUID() as HoldId,
  attempt: 1,
  mode: 'hosted',
  total: { amount: 4_200, currency: 'EUR' },
  lines: [{ name: 'Seat', quantity: 2, unitAmount: 2_100 }],
  since: Date.now() - 1_000,
  expiresAt: Math.ceil(Date.now() / 1_000) * 1_000 + 31 * 60_000,
  successUrl: 'http://127.0.0.1/done',
  cancelUrl: 'http://127.0.0.1/again',
  ...differs,
});

async function begun(payments: ReturnType<typeof paymentsOf>, cmd: StartPayment) {
  const started = await payments.start(cmd);
  if (started.status !== 'started') throw new Error(started.status);
  return started;
}

const faultOf = (call: Promise<unknown>) =>
  call.then(
    () => 'no fault',
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );

describe('in health', () => {
  test('a hosted payment: begun once however often, open, paid, refunded once', async () => {
    const { sandbox, payments } = await bed();
    const cmd = starting();
    const first = await begun(payments, cmd);
    expect(first.url).toMatch(/^http/);
    expect(await payments.start(cmd)).toEqual(first);
    expect(await payments.look(first.ref)).toMatchObject({
      state: 'open',
      order: cmd.order,
      attempt: 1,
      asked: cmd.total,
      received: 0,
      livemode: false,
    });
    sandbox.control.pay(first.ref.id);
    const paid = (await payments.look(first.ref))!;
    expect(paid).toMatchObject({ state: 'paid', received: 4_200, refunded: 0 });
    const refund = {
      intent: paid.intent!,
      refund: randomUUID() as RefundId,
      order: cmd.order,
      amount: cmd.total,
      key: `refund:${cmd.order}`,
    };
    const given = await payments.refund(refund);
    expect((await payments.refund(refund)).id).toBe(given.id);
    expect((await payments.look(first.ref))!.refunded).toBe(4_200);
    expect(await payments.refundsOf(paid.intent!)).toMatchObject([
      { refund: refund.refund, amount: cmd.total },
    ]);
    expect(sandbox.ledger().totals['eur']).toMatchObject({ captured: 4_200, refunded: 4_200 });
  });

  test('an intent: authorised, captured once; closed means that it can never be paid', async () => {
    const { sandbox, payments } = await bed();
    const cmd = starting({ mode: 'intent' });
    const { ref, clientSecret } = await begun(payments, cmd);
    expect(clientSecret).toMatch(/_secret_/);
    sandbox.control.pay(ref.id);
    expect(await payments.look(ref)).toMatchObject({ state: 'authorised', received: 0 });
    for (let again = 0; again < 2; again++) {
      expect(await payments.capture(ref.id, cmd.order, cmd.total)).toMatchObject({
        state: 'paid',
        received: 4_200,
      });
    }
    const other = await begun(payments, starting({ mode: 'intent' }));
    for (let again = 0; again < 2; again++) {
      expect(await payments.close(other.ref)).toMatchObject({ state: 'closed' });
    }
    expect(() => sandbox.control.pay(other.ref.id)).toThrow();
    const page = await begun(payments, starting());
    expect(await payments.close(page.ref)).toMatchObject({ state: 'closed' });
    expect(() => sandbox.control.pay(page.ref.id)).toThrow();
  });

  test('closing what was paid meanwhile answers that it is paid', async () => {
    const { sandbox, payments } = await bed();
    const { ref } = await begun(payments, starting());
    sandbox.control.pay(ref.id);
    expect(await payments.close(ref)).toMatchObject({ state: 'paid', received: 4_200 });
  });

  test('a deadline that is too near is told, and another attempt is another payment', async () => {
    const { payments } = await bed();
    const near = starting({ expiresAt: Math.ceil(Date.now() / 1_000) * 1_000 + 60_000 });
    expect(await payments.start(near)).toEqual({ status: 'deadline_refused' });
    await begun(payments, { ...near, attempt: 2, expiresAt: starting().expiresAt });
    expect(await payments.ofOrder(near.order, Date.now() - 60_000)).toMatchObject([
      { attempt: 2, state: 'open' },
    ]);
  });

  test.each(['hosted', 'intent'] as const)(
    'what was begun in other words (%s) is the same payment: servers of two releases send people back elsewhere',
    async (mode) => {
      const { sandbox, payments } = await bed();
      const cmd = starting({ mode, email: 'ann@example.org' });
      const first = await begun(payments, cmd);
      const other = { ...cmd, successUrl: 'http://127.0.0.2/done', email: 'ann@example.com' };
      expect(await payments.start(other)).toEqual(first);
      const { sessions, intents } = sandbox.ledger();
      expect(sessions.length + intents.length).toBe(1);
    },
  );

  test('a key that keeps the failure of other words leaves the end unknown: nothing is refused for good', async () => {
    const { sandbox, payments } = await bed({ hostile: { seed: 1, calls: { failBefore: 1 } } });
    const cmd = starting();
    const headers = { authorization: `Bearer ${sandbox.secretKey}`, 'idempotency-key': `co_${cmd.order}_1` };
    const url = `${sandbox.url}/v1/payment_intents`;
    expect((await fetch(url, { method: 'POST', headers, body: 'amount=4200&currency=eur' })).status).toBe(
      500,
    );
    sandbox.control.calm();
    expect(await faultOf(payments.start(cmd))).toBe('payment_outcome_unknown');
  });

  test('what nobody knows is undefined, and what we ask wrongly is a fault of ours', async () => {
    const { sandbox, payments } = await bed();
    expect(await payments.look({ kind: 'session', id: 'cs_test_none' })).toBeUndefined();
    expect(await payments.look({ kind: 'intent', id: 'pi_none' })).toBeUndefined();
    const cmd = starting();
    await begun(payments, cmd);
    // The same key for another amount: somebody's mistake, which no retry mends.
    const total = { amount: 4_199, currency: 'EUR' };
    const other = { ...cmd, total, lines: [{ name: 'Seat', quantity: 1, unitAmount: 4_199 }] };
    expect(await faultOf(payments.start(other))).toBe('payment_request_refused');
    const stranger = paymentsOf(sandbox, { secretKey: 'sk_test_another' });
    expect(await faultOf(stranger.start(starting()))).toBe('payment_request_refused');
  });

  test('events come oldest first, name their order, and are read from a time on', async () => {
    const { sandbox, payments } = await bed();
    const orders: string[] = [];
    for (let index = 0; index < 4; index++) {
      const cmd = starting();
      const { ref } = await begun(payments, cmd);
      sandbox.control.pay(ref.id);
      orders.push(cmd.order);
    }
    const events: ProviderEvent[] = [];
    for await (const event of payments.events(Date.now() - 60_000)) events.push(event);
    const completed = events.filter(({ type }) => type === 'checkout.session.completed');
    expect(completed.map(({ order }) => order)).toEqual(orders);
    expect(events.map(({ createdAt }) => createdAt)).toEqual(
      events.map(({ createdAt }) => createdAt).sort((one, other) => one - other),
    );
    const later: ProviderEvent[] = [];
    for await (const event of payments.events(Date.now() + 60_000)) later.push(event);
    expect(later).toEqual([]);
    const paid: (string | null)[] = [];
    for await (const payment of payments.payments(Date.now() - 60_000, Date.now() + 1_000))
      paid.push(payment.order);
    expect(paid).toEqual(orders);
  });
});

describe('on a bad day', () => {
  test('not reachable is not sent; the breaker opens, lets one through after its rest, and closes', async () => {
    const { sandbox } = await bed();
    const states: string[] = [];
    const outcomes: string[] = [];
    const payments = paymentsOf(sandbox, {
      breaker: { failures: 3, restMs: 200 },
      observe: {
        circuit: (state) => void states.push(state),
        request: (operation, outcome) => void outcomes.push(`${operation} ${outcome}`),
      },
    });
    const { port } = sandbox;
    await sandbox.stop();
    expect(payments.available()).toBe(true);
    // Three tries of one call are enough.
    expect(await faultOf(payments.start(starting()))).toBe('payments_unavailable');
    expect(payments.available()).toBe(false);
    const at = performance.now();
    expect(await faultOf(payments.start(starting()))).toBe('payments_unavailable');
    expect(performance.now() - at).toBeLessThan(100);
    running.push(await startStripeSandbox({ port }));
    await expect.poll(() => payments.available(), { timeout: 2_000 }).toBe(true);
    await begun(payments, starting());
    expect(states).toEqual(['closed', 'open', 'half_open', 'closed']);
    expect(outcomes).toEqual(['start unavailable', 'start unavailable', 'start ok']);
  });

  test('while one is tried, nobody else is sent', async () => {
    const silent = await listened((socket) => socket.on('error', () => {}));
    const payments = createStripePayments({
      secretKey: 'sk_test_1',
      webhookSecrets: [],
      apiBase: silent.url,
      timeoutMs: 150,
      breaker: { failures: 1, restMs: 100 },
    });
    expect(await faultOf(payments.look({ kind: 'intent', id: 'pi_1' }))).toBe('payments_unavailable');
    // What only looks is tried again by the SDK, but not past a breaker that has opened meanwhile.
    expect(silent.connections()).toBe(1);
    await expect.poll(() => payments.available(), { timeout: 2_000 }).toBe(true);
    let tried = false;
    const probe = faultOf(payments.look({ kind: 'intent', id: 'pi_1' })).finally(() => {
      tried = true;
    });
    const others = Array.from({ length: 10 }, () => faultOf(payments.look({ kind: 'intent', id: 'pi_1' })));
    expect(await Promise.all(others)).toEqual(Array(10).fill('payments_unavailable'));
    expect([tried, payments.available()]).toEqual([false, false]);
    // Its own second try is of the same call, which still has the turn.
    await expect.poll(() => silent.connections(), { timeout: 5_000 }).toBe(3);
    expect(payments.available()).toBe(false);
    expect(await probe).toBe('payments_unavailable');
    expect(silent.connections()).toBe(3);
    await expect.poll(() => payments.available(), { timeout: 2_000 }).toBe(true);
  });

  test('sent and never answered is not known, for what changes; for what looks nothing was done', async () => {
    const silent = await listened((socket) => socket.on('error', () => {}));
    const payments = createStripePayments({
      secretKey: 'sk_test_1',
      webhookSecrets: [],
      apiBase: silent.url,
      timeoutMs: 100,
      totalMs: 400,
    });
    expect(await faultOf(payments.start(starting()))).toBe('payment_outcome_unknown');
    expect(await faultOf(payments.close({ kind: 'intent', id: 'pi_1' }))).toBe('payment_outcome_unknown');
    expect(await faultOf(payments.look({ kind: 'intent', id: 'pi_1' }))).toBe('payments_unavailable');
  });

  test('a first try whose answer was cut counts as sent, whatever became of the second', async () => {
    // Answers the first connection by cutting it, then is gone: the SDK's own second try finds nobody.
    const cutter = await listened((socket) => {
      cutter.close();
      socket.once('data', () => socket.destroy());
      socket.on('error', () => {});
    });
    const payments = createStripePayments({
      secretKey: 'sk_test_1',
      webhookSecrets: [],
      apiBase: cutter.url,
    });
    expect(await faultOf(payments.start(starting()))).toBe('payment_outcome_unknown');
  });

  const shares = [
    { unavailable: 0.3 },
    { failBefore: 0.3 },
    { failAfter: 0.3 },
    { conflict: 0.3 },
    { tooMany: 0.3 },
    { closeBefore: 0.3 },
    { closeAfter: 0.3 },
    { hangBefore: 0.1, hangAfter: 0.1, failBefore: 0.15, failAfter: 0.15, closeAfter: 0.1 },
  ];
  test.each(shares)(
    '%o: asked again by the same command, each order has one payment, and one refund',
    async (calls) => {
      const { sandbox, payments } = await bed({
        hostile: { seed: 7, calls, hangMs: 300 },
        stripe: { timeoutMs: 200, breaker: { failures: 1_000, restMs: 100 } },
      });
      const persist = async <Result>(call: () => Promise<Result>): Promise<Result> => {
        for (let tries = 0; ; tries++) {
          try {
            return await call();
          } catch (error) {
            const { code } = error as { code?: string };
            expect(['payments_unavailable', 'payment_outcome_unknown']).toContain(code);
            if (tries === 100) throw error;
          }
        }
      };
      const one = async (_: unknown, index: number) => {
        // The same names in each run, and so the same faults: four failures in a row under one name would use up its keys.
        const order = `00000000-0000-7000-8000-00000000000${index}` as OrderId;
        const cmd = starting({ order });
        const started = await persist(() => begun(payments, cmd));
        sandbox.control.pay(started.ref.id);
        const { intent } = (await persist(() => payments.look(started.ref)))!;
        const refund = {
          intent: intent!,
          refund: randomUUID() as RefundId,
          order: cmd.order,
          amount: cmd.total,
        };
        await persist(() => payments.refund({ ...refund, key: `refund:${cmd.order}` }));
        return cmd.order;
      };
      const orders = await Promise.all(Array.from({ length: 6 }, one));
      const { sessions, refunds, totals } = sandbox.ledger();
      expect(sessions.map(({ metadata }) => metadata?.['order']).sort()).toEqual([...orders].sort());
      expect(refunds.length).toBe(6);
      expect(totals['eur']).toMatchObject({ captured: 6 * 4_200, refunded: 6 * 4_200 });
    },
    // Most of it is waiting for answers that do not come.
    90_000,
  );
});
