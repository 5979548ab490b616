/** Rows beside the ledger in plain words: the order, refunds, tickets, mails, jobs, incidents. */
import type { Fact } from '../../domain/facts.ts';
import { showId } from '../../domain/ids.ts';
import type {
  IncidentRow,
  JobRow,
  MailTold,
  OrderRow,
  RefundRow,
  TicketRow,
} from '../../persistence/queries/timeline.ts';
import { factKey, moneyOf, tickets } from './facts.ts';
import type { Moment } from './moment.ts';

const time = (unixMs: number) => new Date(unixMs).toISOString();
const reasonOf = (reason: string | null) => (reason === null || reason === '' ? '' : `: ${reason}`);
export const keysOf = (facts: Fact[], kinds: Fact['kind'][]) =>
  facts.filter(({ kind }) => kinds.includes(kind)).map(({ version }) => factKey(version));

const modes: Record<string, string> = {
  hosted: 'to be paid on the provider’s page',
  intent: 'to be paid on our page',
  free: 'for nothing',
  comp: 'as a gift',
};

export function orderMoment(row: OrderRow, facts: Fact[]): Moment {
  const by = row.actor === null ? '' : ` by ${row.actor}`;
  const how =
    row.origin === 'checkout'
      ? modes[row.mode]
      : row.origin === 'journal'
        ? 'by a sale without checkout'
        : 'by an import';
  return {
    key: 'order',
    at: row.at,
    source: 'order',
    said: `The order was written: ${moneyOf(row.total, row.currency)}, ${how}${by}${reasonOf(row.reason)}.`,
    after: keysOf(facts, ['held']),
  };
}

const refundKinds: Record<string, string> = {
  payment: 'of a payment that bought nothing',
  tickets: 'of tickets',
  amount: 'of an amount, no ticket',
  elsewhere: 'made in the provider’s dashboard',
  chargeback: 'taken back by the bank',
};

/** The fact that gives the tickets back names the refund as its operation. */
export const refundKey = ({ id, op }: Pick<RefundRow, 'id' | 'op'>) => `refund:${op ?? id}`;

export function refundMoments(rows: RefundRow[], facts: Fact[]): Moment[] {
  return rows.flatMap(({ id, at, doneAt, op, amount, currency, status, kind, reason, actor }) => {
    const money = moneyOf(amount, currency);
    const by = actor === '' ? '' : ` by ${actor}`;
    const key = refundKey({ id, op });
    const asked: Moment = {
      key,
      at,
      source: 'refund',
      said: `A refund of ${money} (${refundKinds[kind] ?? kind}) was asked for${by}${reasonOf(reason)} (${showId('refund', id)}).`,
      after: keysOf(facts, ['sold', 'unfulfilled']),
    };
    if (status === 'failed') return [{ ...asked, said: asked.said.replace(/\.$/, '; it failed.') }];
    if (doneAt === null) return [{ ...asked, said: asked.said.replace(/\.$/, '; it is under way.') }];
    const returned = facts.filter(
      (fact) => fact.kind === 'returned' && fact.op !== undefined && fact.op === op,
    );
    const causes = [key, ...returned.map(({ version }) => factKey(version))];
    const said = `The refund ${showId('refund', id)} is done: ${money} went back.`;
    return [asked, { key: `${key}:done`, at: doneAt, source: 'refund', said, after: causes }];
  });
}

const ticketSaid: Record<string, string> = {
  created: 'issued',
  transferred: 'passed on',
  redeemed: 'used at the door',
  refunding: 'set aside for a refund and opened no door from then on',
  refunded: 'refunded',
  voided: 'made void',
  suspended: 'suspended while the payment is disputed',
  reinstated: 'good again',
  viewed: 'looked at',
};

export function ticketMoments(rows: TicketRow[], facts: Fact[]): Moment[] {
  return rows.map(({ at, type, tickets: many, refund }, index) => {
    const causes = {
      created: keysOf(facts, ['sold']),
      refunding: refund === null ? [] : [`refund:${refund}`],
      // The first of several returns, as more would come before the later ones.
      voided: keysOf(facts, ['returned']).slice(0, 1),
    }[type as 'created' | 'refunding' | 'voided'];
    const said = `${tickets(many)} ${many === 1 ? 'was' : 'were'} ${ticketSaid[type] ?? type}.`;
    return { key: `ticket:${index}`, at, source: 'ticket', said, after: causes ?? keysOf(facts, ['sold']) };
  });
}

const mailKinds: Record<string, string> = {
  confirmation: 'the confirmation',
  refund: 'the mail about the refund',
  unfulfilled: 'the mail that there are no tickets',
};

export function mailMoments(rows: MailTold[], facts: Fact[]): Moment[] {
  return rows.flatMap(({ id, kind, at, status, attempts, cause, sentAt, refund }) => {
    const what = mailKinds[kind] ?? kind;
    const key = `mail:${id}`;
    const causes = {
      confirmation: keysOf(facts, ['sold']),
      unfulfilled: keysOf(facts, ['unfulfilled']),
      refund: facts
        .filter(({ op }) => op !== undefined && op === (refund as string))
        .map(({ version }) => factKey(version)),
    }[kind as 'confirmation' | 'unfulfilled' | 'refund'];
    const queued = (said: string): Moment => ({ key, at, source: 'mail', said, after: causes ?? [] });
    if (sentAt !== null) {
      const times = attempts === 1 ? '' : `, at attempt ${attempts}`;
      return [
        queued(`A job to send ${what} was added.`),
        {
          key: `${key}:sent`,
          at: sentAt,
          source: 'mail',
          said: `Our mail server took ${what}${times}.`,
          after: [key],
        },
      ];
    }
    if (status === 'dead')
      return [queued(`A job to send ${what} was added; it is not sent and will not be: ${cause}.`)];
    if (status === 'failed') {
      return [
        queued(
          `A job to send ${what} was added; attempt ${attempts} failed (${cause}), and another follows.`,
        ),
      ];
    }
    return [queued(`A job to send ${what} was added, and it waits.`)];
  });
}

export function jobMoments(rows: JobRow[]): Moment[] {
  return rows.map(({ id, task, at, runAt, attempts, max, error }) => {
    const first = error?.split('\n')[0]?.slice(0, 200) ?? 'no reason was kept';
    const state =
      attempts === 0
        ? `waits until ${time(runAt)}`
        : attempts >= max
          ? `is dead after ${attempts} attempts: ${first}`
          : `failed ${attempts} times and is tried again at ${time(runAt)}: ${first}`;
    return { key: `job:${id}`, at, source: 'job', said: `The job ${task} was added; it ${state}.` };
  });
}

export function incidentMoments(rows: IncidentRow[]): Moment[] {
  return rows.flatMap(({ id, kind, at, by, endedAt, endedBy, resolution }) => {
    const what = kind.replaceAll('_', ' ');
    const key = `incident:${id}`;
    const opened: Moment = { key, at, source: 'incident', said: `An incident was opened by ${by}: ${what}.` };
    if (endedAt === null) return [opened];
    const said = `The incident was ended by ${endedBy}: ${resolution}.`;
    return [opened, { key: `${key}:ended`, at: endedAt, source: 'incident', said, after: [key] }];
  });
}
