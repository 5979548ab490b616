/** Damages to money and tickets, as damages.ts has the others. */
import type { Damage } from './damages.ts';
import { balcony, id, type Json, type Run } from './healthy.ts';

const row = (run: Run, table: string, column: string, value: unknown) =>
  run.tables[table]?.find((each) => each[column] === value) as Json;
const order = (run: Run, n: number) => row(run, 'orders', 'order', id(n));
const tickets = (run: Run, n: number) => row(run, 'tickets', 'order', id(n));
const books = (run: Run, table: string) => run.provider?.[table] as Json[];
const theirs = (run: Run, table: string, n = 0) => books(run, table)[n] as Json;
const drop = (run: Run, table: string, n: number) => void books(run, table).splice(n, 1);

export const moneyDamages: Damage[] = [
  [
    'a ticket of which the counter does not know',
    'I7',
    (run) => void Object.assign(tickets(run, 303), { live: 2 }),
    /sold 1 of 5, tickets 2, paid less refunded 1/,
  ],
  [
    'a refunded ticket that is still sold',
    'I7',
    (run) => void Object.assign(row(run, 'refund-lines', 'refund', id(703)), { units: 2 }),
    /sold 1 of 5, tickets 1, paid less refunded 0/,
  ],
  [
    'a tier that is oversold in all books',
    'I7',
    (run) => void Object.assign(row(run, 'lines', 'line', balcony), { capacity: 2 }),
    /sold 3 of 2/,
  ],
  [
    'a paid order that is one ticket short',
    'I7',
    (run) => void Object.assign(tickets(run, 302), { live: 2, issued: 2, ordinals: 2 }),
    /has 2 tickets, bought were 3/,
  ],
  [
    'a payment for which there is nothing',
    'I8',
    (run) => void Object.assign(order(run, 302), { status: 'expired' }),
    /9000 was taken and 0 given back/,
  ],
  [
    'a payment of an order nobody knows',
    'I8',
    (run) => void Object.assign(theirs(run, 'charges'), { metadata: { order: id(999) } }),
    /which is unknown/,
  ],
  [
    'an unfulfilled order that was not given back',
    'I8',
    (run) => drop(run, 'refunds', 1),
    /5000 was taken and 0 given back/,
  ],
  [
    'tickets and the money too',
    'I8',
    (run) =>
      void books(run, 'refunds').push({
        ...{
          id: 're_2',
          charge: 'ch_302',
          amount: 9_000,
          currency: 'eur',
          status: 'succeeded',
          metadata: {},
        },
      }),
    /9000 was taken and 9000 given back; 3 tickets are left/,
  ],
  [
    'a refund that failed at the provider',
    'I8',
    (run) => void Object.assign(theirs(run, 'refunds'), { status: 'failed' }),
    /18000 was taken and 0 given back; 1 tickets are left, so it should be 9000/,
  ],
  [
    'a part given back that is not the price of its line',
    'I8',
    (run) => void Object.assign(theirs(run, 'refunds'), { amount: 8_000 }),
    /so it should be 9000/,
  ],
  [
    'a second payment that was kept',
    'I8',
    (run) => {
      const charge = { ...theirs(run, 'charges'), id: 'ch_9', payment_intent: 'pi_9' };
      books(run, 'charges').push(charge);
    },
    /intent pi_9 .*9000 was taken and 0 given back/,
  ],
  [
    'an authorisation that was forgotten',
    'I8',
    (run) => void Object.assign(theirs(run, 'intents'), { status: 'requires_capture' }),
    /neither taken nor cancelled/,
  ],
  ['tickets that nobody paid', 'I9', (run) => drop(run, 'charges', 0), /brought nothing/],
  [
    'a payment that was a cent short',
    'I9',
    (run) => void Object.assign(theirs(run, 'charges'), { amount_captured: 8_999 }),
    /costs 9000 EUR, 9000 is noted, payment pi_302 brought 8999 EUR/,
  ],
  [
    'a payment in another currency',
    'I9',
    (run) => void Object.assign(theirs(run, 'charges'), { currency: 'usd' }),
    /brought 9000 USD/,
  ],
  [
    'test money for real tickets',
    'I9',
    (run) => void Object.assign(row(run, 'payments', 'ref', 'cs_302'), { livemode: true }),
    /livemode false, known as livemode true/,
  ],
  [
    'a comp by nobody',
    'I9',
    (run) => void Object.assign(order(run, 302), { mode: 'comp', reason: 'a friend' }),
    /nobody says by whom/,
  ],
  [
    'tickets of an order that was not sold',
    'I9',
    (run) => void Object.assign(order(run, 302), { status: 'cancelled' }),
    /has 3 tickets and is cancelled/,
  ],
  [
    'a capture that Postgres does not know',
    'I10',
    (run) => void Object.assign(row(run, 'payments', 'ref', 'cs_302'), { received: 8_999 }),
    /EUR: Postgres has 17999, the provider 18000/,
  ],
  [
    'a refund that was written down and never made',
    'I10',
    (run) => drop(run, 'refunds', 0),
    /is done of 9000, the provider gave back 0/,
  ],
  [
    'a refund that was made and is not written down',
    'I10',
    (run) => void Object.assign(row(run, 'refunds', 'refund', id(704)), { status: 'requested' }),
    /is requested of 5000, the provider gave back 5000/,
  ],
  [
    'two tickets of one ordinal',
    'I11',
    (run) => void Object.assign(tickets(run, 302), { ordinals: 2 }),
    /has 3 tickets of 2 ordinals/,
  ],
  [
    'a refund carried out twice',
    'I11',
    (run) => void books(run, 'refunds').push({ ...theirs(run, 'refunds'), id: 're_2' }),
    /carried out twice by the provider: re_303 and re_2/,
  ],
  [
    'a mail that was queued twice',
    'I11',
    (run) => {
      const mail = row(run, 'mails', 'mail', id(601));
      run.tables['mails']?.push({ ...mail, mail: id(699), dedupe: 'another' });
    },
    /the second one: confirmation mail about/,
  ],
];

/** Not a damage: the floor's one payment is the second by which the same intent is known. */
export function knownByTwoNames(run: Run): void {
  const payment = row(run, 'payments', 'ref', 'cs_304');
  run.tables['payments']?.push({ ...payment, ref: 'pi_304' });
}

/** Nor this: the balcony was given away by somebody who said why. */
export function givenAway(run: Run): void {
  Object.assign(order(run, 302), { mode: 'comp', total: 0, captured: 0, intent: null });
  Object.assign(order(run, 302), { actor: 'admin', reason: 'a friend of the house' });
  drop(run, 'charges', 0);
  drop(run, 'intents', 0);
  run.tables['payments']?.shift();
}
