/**
 * Everything that happened to one order or hold, told in the order of cause and effect, a sentence each. Read in one snapshot,
 * and bounded: of each source the oldest rows, and `complete` says whether that was all.
 */
import type { Fact } from '../../domain/facts.ts';
import { factOf } from '../../domain/ledger.ts';
import { inTransaction, type Tx } from '../../persistence/database.ts';
import * as rows from '../../persistence/queries/timeline.ts';
import type { Ctx } from '../context.ts';
import { factMoments, type Words } from './facts.ts';
import { inCausalOrder, type Moment } from './moment.ts';
import { causedBy, providerMoments } from './provider.ts';
import * as told from './records.ts';

export type Timeline = {
  status: 'told';
  order: string | null;
  hold: string | null;
  event: string;
  complete: boolean;
  moments: Moment[];
};

/** An order has a hundred tickets and a few dozen rows of each other kind. */
export const rowsMax = 500;

export function timelineOf(
  ctx: Pick<Ctx, 'db'>,
  of: { order: string } | { hold: string },
): Promise<Timeline | { status: 'unknown' }> {
  return inTransaction(
    ctx.db,
    { role: 'worker', readOnly: true, isolation: 'repeatable read' },
    async (tx) => {
      const subject = await rows.subjectOf(tx, of);
      if (!subject) return { status: 'unknown' };
      const found = await momentsOf(tx, subject);
      return { status: 'told', ...subject, ...found };
    },
  );
}

async function momentsOf(tx: Tx, subject: rows.Subject): Promise<{ moments: Moment[]; complete: boolean }> {
  const bodies = await rows.factRows(tx, subject, rowsMax + 1);
  const facts = bodies.slice(0, rowsMax).flatMap(({ body }): Fact[] => {
    const fact = factOf(body);
    return fact ? [fact] : [];
  });
  const names = new Map((await rows.tierRows(tx, subject.event)).map(({ tier, name }) => [tier, name]));
  const { order } = subject;
  const written = order === null ? undefined : await rows.orderRow(tx, order);
  const words: Words = {
    tierName: (tier) => names.get(tier) || 'a tier without a name',
    currency: written?.currency ?? (await rows.currencyOf(tx, subject.event)),
  };
  const moments = factMoments(facts, words);
  let complete = bodies.length <= rowsMax;
  const take = <Row>(all: Row[]): Row[] => {
    complete &&= all.length <= rowsMax;
    return all.slice(0, rowsMax);
  };
  if (order !== null && written) {
    const max = rowsMax + 1;
    const refunds = take(await rows.refundRows(tx, order, max));
    const events = take(await rows.providerRows(tx, order, max));
    const around = { order, row: written, facts, refunds };
    const caused = causedBy(events, around);
    const ledger = moments.splice(0);
    moments.push(
      ...[...ledger, ...told.refundMoments(refunds, facts)].map((each) => afterAll(each, caused)),
      told.orderMoment(written, facts),
      ...providerMoments(events, around),
      ...told.ticketMoments(take(await rows.ticketRows(tx, order, max)), facts),
      ...told.mailMoments(take(await rows.mailRows(tx, order, max)), facts),
      ...told.jobMoments(take(await rows.jobRows(tx, order, max))),
      ...told.incidentMoments(take(await rows.incidentRows(tx, order, max))),
    );
  }
  return { moments: inCausalOrder(moments), complete };
}

function afterAll(moment: Moment, caused: Map<string, string[]>): Moment {
  return { ...moment, after: [...(moment.after ?? []), ...(caused.get(moment.key) ?? [])] };
}
