/** Timelines: of an order that was bought and refunded, of a hold without an order, and of clocks that disagree. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { runCommand } from '../../../test/support/command.ts';
import { dataDir } from '../../../test/support/holdfast.ts';
import { db, url, useJournalBed } from '../../../test/support/journal-bed.ts';
import { hold, pinned, released, returned, sold, ttlMs } from '../../../test/support/ledger.ts';
import { asWorker, mailingBy, mailsOf, ordered } from '../../../test/support/mail-bed.ts';
import { showId, uuidV7 } from '../../domain/ids.ts';
import { openIncident, resolveIncident } from '../../persistence/queries/incidents.ts';
import { addJobs } from '../../persistence/queries/jobs.ts';
import { sendMail } from '../mails/send.ts';
import { inCausalOrder, type Moment } from './moment.ts';
import { timelineOf } from './timeline.ts';

useJournalBed();

/** Facts of the bed are of 2027, rows of now: only causes can put them into order. */
async function boughtAndRefunded() {
  const refund = uuidV7(Date.now(), '5'.repeat(20));
  const order = await ordered({
    after: [
      {
        kind: 'extended',
        hold: hold(1),
        deadline: Date.UTC(2027, 0, 15, 8, 13),
        extensions: 1,
        reason: 'outage',
      },
      pinned(1),
      sold(1, 2),
      { ...returned(1, 1), op: refund as never, actor: 'box-office', reason: 'ill' },
    ],
    meanwhile: ({ order }) =>
      asWorker(async (tx) => {
        // The provider's clock is behind all others: what it reports would stand before the basket.
        await sql`insert into ticketing.stripe_events (id, type, payload, order_id, intent, created_at, settled_at, outcome)
          select type || ${order}, type, jsonb_build_object('data', jsonb_build_object('object', jsonb_build_object('id', object))),
            ${order}::uuid, 'pi_1', '2020-01-01', now(), 'sold'
          from (values ('checkout.session.completed', 'cs_1'), ('refund.created', 're_1'), ('charge.refunded', 'ch_1')) as e(type, object)
        `.execute(tx);
        await sql`insert into ticketing.refund_log (id, order_id, op, amount_cents, currency, kind, reason, actor, stripe_refund_id)
          values (${refund}, ${order}, ${refund}, 5150, 'EUR', 'tickets', 'ill', 'box-office', 're_1')`.execute(
          tx,
        );
      }),
  });
  const post = { send: async () => ({ status: 'sent' as const }), close: () => undefined };
  const mails = await mailsOf(order);
  await sendMail(
    { db, publicUrl: 'https://x.example', mailing: mailingBy(post) },
    mails.find(({ kind }) => kind === 'confirmation')!.id,
  );
  await asWorker(async (tx) => {
    await sql`update ticketing.orders set stripe_payment_intent_id = 'pi_1' where id = ${order.order}`.execute(
      tx,
    );
    await addJobs(tx, [
      { task: 'settle_order', payload: { order: order.order } },
      { task: 'settle_events', payload: { told: [{ event: 'evt_1', order: order.order }] } },
    ]);
    const { id } = await openIncident(tx, { kind: 'amount_wrong', order: order.order, by: 'settling' });
    await resolveIncident(tx, id, { by: 'ann', resolution: 'the fee was rounded' });
  });
  return { ...order, refund };
}

test('an order that was bought and refunded in part is told whole, each effect after its cause', async () => {
  const { order, refund, hold: held } = await boughtAndRefunded();
  const found = await timelineOf({ db }, { order });
  if (found.status !== 'told') throw new Error('unknown');
  expect(found).toMatchObject({ order, hold: held, complete: true });
  const at = (unixMs: number) => new Date(unixMs).toISOString();
  const told = found.moments.map(({ source, said }) => `${source}: ${said}`);
  const start = 1_800_000_000_000;
  const causal = [
    `ledger: 2 x Floor at 50.00 EUR went into a basket, held until ${at(start + ttlMs)}.`,
    'order: The order was written: 103.00 EUR, to be paid on the provider’s page.',
    'ledger: The hold was extended to 2027-01-15T08:13:00.000Z: outage; that was extension 1.',
    `ledger: A checkout began: the hold stays until its payment ends, at the latest ${at(start + 2 * ttlMs)}.`,
    'ledger: The order was completed: 2 tickets sold.',
    'ticket: 2 tickets were issued.',
    `refund: A refund of 51.50 EUR (of tickets) was asked for by box-office: ill (${showId('refund', refund)}).`,
    'ledger: 1 ticket given back by box-office: ill; they are void, and their places for sale again.',
    'ticket: 1 ticket was made void.',
    `refund: The refund ${showId('refund', refund)} is done: 51.50 EUR went back.`,
  ];
  expect(told.filter((line) => causal.includes(line)).sort()).toEqual([...causal].sort());
  const place = (line: string) => told.findIndex((each) => each.startsWith(line));
  for (const [cause, effect] of [
    [causal[0]!, causal[1]!],
    [causal[1]!, causal[3]!],
    [causal[3]!, causal[4]!],
    [causal[4]!, causal[5]!],
    [causal[4]!, causal[6]!],
    [causal[6]!, causal[7]!],
    [causal[7]!, causal[8]!],
    [causal[7]!, causal[9]!],
    [causal[3]!, 'payment: The payment provider reports checkout.session.completed (it told us;'],
    ['payment: The payment provider reports checkout.session.completed', causal[4]!],
    [causal[6]!, 'payment: The payment provider reports refund.created'],
    [causal[6]!, 'payment: The payment provider reports charge.refunded'],
    [
      'payment: The payment provider reports checkout',
      'payment: Of checkout.session.completed: it was dealt with as sold.',
    ],
    [causal[4]!, 'mail: A job to send the confirmation was added.'],
    ['mail: A job to send the confirmation', 'mail: Our mail server took the confirmation.'],
    [causal[7]!, 'mail: A job to send the mail about the refund was added, and it waits.'],
    [
      'incident: An incident was opened by settling: amount wrong.',
      'incident: The incident was ended by ann: the fee was rounded.',
    ],
  ] as const) {
    expect(place(cause), cause).toBeGreaterThanOrEqual(0);
    expect(place(effect), `${effect} comes after ${cause}`).toBeGreaterThan(place(cause));
  }
  // By what each is about, also where it is one of many: the mails were queued at one moment.
  for (const task of ['settle_order', 'settle_events', 'send_mails']) {
    const waits = told.filter((line) => line.startsWith(`job: The job ${task} was added; it waits until`));
    expect(waits, task).not.toEqual([]);
  }
  expect(told.join()).not.toContain('@example.com');
  // By its hold it is the same story.
  expect(await timelineOf({ db }, { hold: held })).toEqual(found);
});

test('a hold that was given back has facts and no order; what is unknown is said to be', async () => {
  const { hold: held, order } = await ordered({ after: [released(1, 2)] });
  await asWorker(
    async (tx) =>
      void (await sql`update ticketing.orders set hold_id = null where id = ${order}`.execute(tx)),
  );
  const found = await timelineOf({ db }, { hold: held });
  expect(found).toMatchObject({
    status: 'told',
    order: null,
    moments: [{ source: 'ledger' }, { source: 'ledger' }],
  });
  for (const nobody of [{ order: uuidV7(1, '0'.repeat(20)) }, { hold: uuidV7(1, '0'.repeat(20)) }]) {
    expect(await timelineOf({ db }, nobody)).toEqual({ status: 'unknown' });
  }
});

test('the command tells it as text and JSON; an unknown id is exit code 1, a wrong one 2', async () => {
  const { order } = await ordered({ after: [pinned(1), sold(1, 2)] });
  await asWorker(
    async (tx) =>
      void (await sql`insert into ticketing.stripe_events (id, type, payload, order_id, created_at, settled_at, outcome)
        values ('evt_9', 'checkout.session.completed', '{}', ${order}, '2027-01-15T08:00:02Z', now(), 'sold')`.execute(
        tx,
      )),
  );
  const env = { DATABASE_URL: url, HOLDFAST_DATA_DIR: await dataDir() };
  const explain = (...args: string[]) => runCommand(['explain', ...args], env);
  const [text, json, unknown, wrong] = await Promise.all([
    explain(showId('order', order)),
    explain(showId('order', order), '--json'),
    explain(showId('order', uuidV7(1, '0'.repeat(20)))),
    explain(order),
  ]);
  expect([text.code, json.code, unknown.code, wrong.code]).toEqual([0, 0, 1, 2]);
  expect(text.stdout).toMatch(/^20\d\d-.*Z {2}ticket {4}2 tickets were issued\.$/m);
  // The provider's clock has whole seconds: it is not said to have been at the beginning of one.
  expect(text.stdout).toMatch(/^2027-01-15T08:00:02Z {6}payment {3}The payment provider reports checkout/m);
  expect(text.stdout).toMatch(
    /^20\d\d-.*\.\d{3}Z {2}payment {3}Of checkout.session.completed: it was dealt/m,
  );
  const { moments, ...of } = JSON.parse(json.stdout) as { moments: Moment[] };
  expect(of).toMatchObject({ orderId: showId('order', order), complete: true });
  expect(moments.map(({ at }) => at)).toContain('2027-01-15T08:00:02Z');
}, 60_000);

test('a cause is told first whatever the clocks say, and a circle is told all the same', () => {
  const moment = (key: string, at: number, after: string[] = []): Moment => ({
    key,
    at,
    source: 'job',
    said: key,
    after,
  });
  const keys = (moments: Moment[]) => inCausalOrder(moments).map(({ key }) => key);
  expect(
    keys([moment('c', 1, ['b']), moment('b', 2, ['a']), moment('a', 3), moment('d', 4, ['gone'])]),
  ).toEqual(['a', 'b', 'c', 'd']);
  expect(keys([moment('late', 9), moment('early', 1)])).toEqual(['early', 'late']);
  expect(keys([moment('x', 2, ['y']), moment('y', 1, ['x']), moment('z', 3)]).sort()).toEqual([
    'x',
    'y',
    'z',
  ]);
});
