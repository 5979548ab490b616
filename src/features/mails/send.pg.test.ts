/** Mails queued by facts and sent to a real SMTP server: once, or as nearly so as a killed worker allows. */
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runCommand } from '../../../test/support/command.ts';
import { byHand, db, drain, url, useJournalBed } from '../../../test/support/journal-bed.ts';
import { pinned, released, returned, sold, unfulfilled } from '../../../test/support/ledger.ts';
import { asWorker, jobs, mailingBy, mailsOf, type Ordered, ordered } from '../../../test/support/mail-bed.ts';
import { type SmtpServer, startSmtp } from '../../../test/support/smtp.ts';
import { uuidV7 } from '../../domain/ids.ts';
import type { Post } from '../../platform/mail/post.ts';
import { createSmtpPost } from '../../platform/mail/smtp.ts';
import { sendMail } from './send.ts';
import { sendAll } from './send-all.ts';

useJournalBed();
let smtp: SmtpServer;
let post: Post;
const publicUrl = 'https://tickets.example.com';
beforeAll(async () => {
  smtp = await startSmtp();
  post = createSmtpPost(smtp.url, 1_000);
});
afterAll(async () => {
  post.close();
  await smtp.stop();
});
beforeEach(() => {
  smtp.received.length = 0;
  smtp.onLetter(() => undefined);
});

const send = (id: string) => sendMail({ db, publicUrl, mailing: mailingBy(post) }, id);
const bought = (more: Partial<Parameters<typeof ordered>[0]> = {}) =>
  ordered({ after: [pinned(1), sold(1, 2)], ...more });
async function mailOf(order: Ordered) {
  const [mail] = await mailsOf(order);
  return mail!;
}

/** Jobs that are to send a mail, alone or with others. */
const jobsOf = (mail: string) =>
  asWorker(async (tx) => {
    const { rows } = await sql<{ task: string; mails: string[]; priority: number; later: boolean }>`
      select t.identifier as task, coalesce(j.payload -> 'mails', json_build_array(j.payload -> 'mail')) as mails,
        j.priority, j.run_at > now() + interval '1 second' as later
      from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
      where j.payload::text like ${`%${mail}%`} order by j.id`.execute(tx);
    return rows;
  });

describe('what facts queue', () => {
  test('a sale: one confirmation and its job, in the language of the buyer; a second application is none', async () => {
    const order = await bought({ locale: 'de-AT' });
    const [mail, ...more] = await mailsOf(order);
    expect([mail, more]).toMatchObject([
      { kind: 'confirmation', status: 'queued', dedupe: `confirmation:${order.order}` },
      [],
    ]);
    expect(await jobsOf(mail!.id)).toMatchObject([{ task: 'send_mails', mails: [mail!.id], priority: 10 }]);
  });

  test('an unfulfilled order and a refund are told; a released hold and an order without contact are not', async () => {
    const lost = await ordered({ after: [{ ...released(1, 2) }, unfulfilled(1, 2)] });
    expect((await mailsOf(lost)).map(({ kind }) => kind)).toEqual(['unfulfilled']);
    expect(await mailsOf(await ordered({ after: [released(1, 2)] }))).toEqual([]);
    const nameless = await bought({
      meanwhile: ({ order }) =>
        asWorker(
          async (tx) =>
            void (await sql`update ticketing.orders set contact_id = null where id = ${order}`.execute(tx)),
        ),
    });
    expect(await mailsOf(nameless)).toEqual([]);
  });

  test('a refund of one ticket and of the next are two mails, each once; what no refund asked for is none', async () => {
    const refunds = [1, 2].map((n) => uuidV7(Date.now(), `${n}`.repeat(20)));
    const order = await ordered({
      after: [pinned(1), sold(1, 2), ...refunds.map((op) => ({ ...returned(1, 1), op: op as never }))],
      meanwhile: ({ order }) =>
        asWorker(async (tx) => {
          for (const id of refunds) {
            await sql`insert into ticketing.refund_log (id, order_id, op, amount_cents, currency)
              values (${id}, ${order}, ${id}, 5000, 'EUR')`.execute(tx);
          }
        }),
    });
    const mails = await mailsOf(order);
    expect(mails.map(({ dedupe }) => dedupe).sort()).toEqual(
      [`confirmation:${order.order}`, ...refunds.map((id) => `refund:${id}`)].sort(),
    );
    await send(mails.find(({ kind }) => kind === 'refund')!.id);
    expect(smtp.received[0]?.data).toContain('The tickets of this order are void');
  });
});

describe('sending', () => {
  test('it goes to the buyer, with what the records say, and is sent for good', async () => {
    const order = await bought({ name: 'Zoë "Z"\r\nBcc: thief@example.com' });
    const mail = await mailOf(order);
    expect(await send(mail.id)).toEqual({ status: 'sent' });
    expect(await send(mail.id)).toEqual({ status: 'already' });
    expect(smtp.received).toMatchObject([{ from: 'box@example.com', to: [order.email] }]);
    const { data } = smtp.received[0]!;
    const head = data.slice(0, data.indexOf('\r\n\r\n'));
    expect(head).toContain(`Message-ID: <${mail.id}@example.com>`);
    expect(head).toContain('Subject: Your 2 tickets for Night & Day');
    expect(head).toContain('Auto-Submitted: auto-generated');
    expect(head).not.toMatch(/^bcc/im);
    expect(data).toContain('Total: =E2=82=AC103.00');
    expect(await mailOf(order)).toMatchObject({
      status: 'sent',
      attempts: 1,
      cause: null,
      message_id: `${mail.id}@example.com`,
    });
  });

  test('two workers with the same mail: one sends, the other finds it busy', async () => {
    const mail = await mailOf(await bought());
    let second: unknown;
    smtp.onLetter(async () => {
      second = await send(mail.id);
    });
    expect(await send(mail.id)).toEqual({ status: 'sent' });
    expect(second).toEqual({ status: 'busy' });
    expect(smtp.received).toHaveLength(1);
  });

  test('a worker that is lost after the server took it: once more, under the same Message-ID, and then no more', async () => {
    const mail = await mailOf(await bought());
    smtp.onLetter(async () => {
      await byHand(`select pg_terminate_backend(pid) from pg_stat_activity
        where state = 'idle in transaction' and datname = current_database()`);
    });
    await expect(send(mail.id)).rejects.toThrow();
    smtp.onLetter(() => undefined);
    expect(await send(mail.id)).toEqual({ status: 'sent' });
    expect(await send(mail.id)).toEqual({ status: 'already' });
    const ids = smtp.received.map(({ data }) => /^Message-ID: (.*)$/m.exec(data)?.[1]?.trim());
    expect(ids).toEqual([`<${mail.id}@example.com>`, `<${mail.id}@example.com>`]);
  });

  test.each([
    ['RCPT', '550 5.1.1 <somebody@example.com> is unknown here', 'dead', '550 at RCPT TO'],
    ['.', '554 5.7.1 not wanted', 'dead', '554 at DATA'],
    ['RCPT', '450 4.2.1 <somebody@example.com> later', 'failed', '450 at RCPT TO'],
    ['MAIL', '421 4.3.2 closing', 'failed', expect.stringMatching(/ at /)],
    ['DATA', 'drop', 'failed', expect.stringMatching(/ at /)],
    ['.', 'drop', 'failed', expect.stringMatching(/ at /)],
    ['.', 'hang', 'failed', expect.stringMatching(/no answer|ETIMEDOUT/)],
  ] as const)(
    '%s answered "%s": %s',
    async (command, reply, status, cause) => {
      const order = await bought();
      const mail = await mailOf(order);
      smtp.next(command, reply);
      const outcome = await send(mail.id);
      expect(outcome).toEqual({ status: 'failed', cause, again: status === 'failed' });
      // What the server wrote has an address in it, and is kept nowhere.
      expect(JSON.stringify(await mailOf(order))).not.toContain('@example.com is');
      expect(await mailOf(order)).toMatchObject({ status, attempts: 1, cause });
      expect(await send(mail.id)).toEqual({ status: status === 'failed' ? 'sent' : 'already' });
    },
    15_000,
  );

  test('a server that is not there, or refuses our login, is no fault of the letter; the tenth failure is the last', async () => {
    const order = await bought();
    const { id } = await mailOf(order);
    const gone = createSmtpPost('smtp://127.0.0.1:1');
    await asWorker(
      async (tx) => void (await sql`update ticketing.mails set attempts = 8 where id = ${id}`.execute(tx)),
    );
    const nobody = { db, publicUrl, mailing: mailingBy(gone) };
    expect(await sendMail(nobody, id)).toMatchObject({ status: 'failed', again: true });
    expect(await sendMail(nobody, id)).toMatchObject({ status: 'failed', again: false });
    expect(await mailOf(order)).toMatchObject({ status: 'dead', attempts: 10 });
    gone.close();
  });

  test('what was given up is listed by command and sent once it is told to; what was sent is not sent again', async () => {
    const [order, other] = [await bought(), await bought()];
    const [{ id }, { id: sent }] = [await mailOf(order), await mailOf(other)];
    smtp.next('RCPT', '550 5.1.1 unknown here');
    expect(await send(id)).toMatchObject({ status: 'failed', again: false });
    expect(await send(sent)).toEqual({ status: 'sent' });
    const mail = (...words: string[]) => runCommand(['mail', ...words], { DATABASE_URL: url });
    const dead = await mail('dead', '--json');
    expect([dead.code, JSON.parse(dead.stdout).filter((one: { id: string }) => one.id === id)]).toMatchObject(
      [3, [{ id, kind: 'confirmation', order: order.order, cause: '550 at RCPT TO', attempts: 1 }]],
    );
    const resent = await mail('resend', id, sent, '--json');
    expect([resent.code, JSON.parse(resent.stdout)]).toEqual([0, { resent: [id] }]);
    expect(await mailOf(order)).toMatchObject({ status: 'queued', attempts: 0, cause: null });
    expect(await jobs(`mail:${id}`)).toHaveLength(1);
    expect(await send(id)).toEqual({ status: 'sent' });
    expect((await mail('resend', id)).code).toBe(3);
    for (const words of [[], ['7'], [id, '--all']]) expect((await mail('resend', ...words)).code).toBe(2);
  });

  test('an erased person is written to no more, and a mail that is not there is not known', async () => {
    const order = await bought();
    await asWorker(async (tx) => {
      await sql`update ticketing.contacts set email = '', email_key = null, erased_at = now() where id = ${order.contact}`.execute(
        tx,
      );
    });
    const { id } = await mailOf(order);
    expect(await send(id)).toEqual({ status: 'failed', cause: 'the person was erased', again: false });
    expect(smtp.received).toEqual([]);
    expect(await send(uuidV7(Date.now(), 'f'.repeat(20)))).toEqual({ status: 'unknown' });
  });
});

describe('together', () => {
  const log = { info() {}, warn() {}, error() {} };
  /** Has the mails sent by one job of them all, which is told to stop when `left` are through. */
  const sendThem = async (mails: string[], left = Number.POSITIVE_INFINITY, boundMs = 10_000) => {
    await byHand('delete from graphile_worker._private_jobs');
    const ctx = { db, publicUrl, mailing: mailingBy(post), log, clock: Date };
    await sendAll(ctx, mails, { isStopping: () => smtp.received.length >= left, boundMs });
  };
  const three = async () => {
    const orders = [await bought(), await bought(), await bought()];
    return Promise.all(orders.map(async (order) => ({ order, id: (await mailOf(order)).id })));
  };
  const statusOf = async (order: Ordered) => (await mailOf(order)).status;

  test('one that is not taken goes on alone, later and after whatever else is due; one that is dead does not', async () => {
    const mails = await three();
    const [dead, failed, sent] = mails as [(typeof mails)[0], (typeof mails)[0], (typeof mails)[0]];
    smtp.next('RCPT', '550 5.1.1 unknown here');
    await sendThem([dead.id]);
    smtp.next('RCPT', '450 4.2.1 later');
    await sendThem([dead, failed, sent].map(({ id }) => id));
    expect(await Promise.all(mails.map(({ order }) => statusOf(order)))).toEqual(['dead', 'failed', 'sent']);
    expect(await jobsOf(failed.id)).toEqual([
      { task: 'send_mail', mails: [failed.id], priority: 10, later: true },
    ]);
    expect(await jobsOf(sent.id)).toEqual([]);
    expect(await jobsOf(dead.id)).toEqual([]);
    // The job is repeated whole when its worker was killed: nobody gets two.
    await sendThem([sent.id]);
    expect(smtp.received).toHaveLength(1);
  });

  test.each([
    ['a stop', 1, undefined],
    ['a job whose time is up', Number.POSITIVE_INFINITY, 0],
  ])('%s leaves the rest to another job', async (_, left, boundMs) => {
    const mails = await three();
    const [first, ...rest] = mails.map(({ id }) => id) as [string, string, string];
    await sendThem([first, ...rest], left, boundMs);
    expect(await Promise.all(mails.map(({ order }) => statusOf(order)))).toEqual([
      'sent',
      'queued',
      'queued',
    ]);
    expect(await jobsOf(rest[1]!)).toEqual([{ task: 'send_mails', mails: rest, priority: 10, later: false }]);
    await sendThem(rest);
    expect(smtp.received).toHaveLength(3);
  });
});

test('nothing is asked of mails or jobs by facts that tell nobody anything', async () => {
  const order = await bought();
  const before = await jobs('%');
  expect(await drain(1_000)).toEqual(expect.any(Array));
  expect(await jobs('%')).toEqual(before);
  expect(await mailsOf(order)).toHaveLength(1);
});
