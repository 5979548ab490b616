/**
 * An edit names the version it was made for (If-Match), and is refused when somebody else was faster.
 *
 * Texts are checked and written under their row's lock. Stock is decided in Redis and its row follows, so a check of the row
 * alone would be about the past: whoever edits stock takes one lock per event among all servers, waits until the records have
 * everything Redis has decided, checks, gives the command, and lets go once the row shows it.
 */
import { Fault } from '../../domain/faults.ts';
import type { EventId, LineId, OpId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { type Database, inTransaction, type Tx } from '../../persistence/database.ts';
import { lockEdits, operationIsRecorded, rowVersion } from '../../persistence/queries/edits.ts';
import { createGate, type Gate } from '../../platform/gate.ts';
import type { Ctx } from '../context.ts';
import { waitForRecords } from '../records.ts';

/** Row versions of which one must be there; `any`: whatever is there. */
export type Expected = 'any' | readonly number[];

export function isExpected(expected: Expected, version: number): boolean {
  return expected === 'any' || expected.includes(version);
}

/** Above what waiting for the records twice and the command itself take. */
const lockMs = 6_000;
const idleInTransactionMs = 10_000;

/** An edit keeps one connection and needs others meanwhile: all of a pool in editors' hands could never let go. */
const gates = new WeakMap<Database, Gate>();
const gateSizes = { runningMax: 2, waitingMax: 100 };

function gateOf(db: Database): Gate {
  const gate = gates.get(db) ?? createGate(gateSizes);
  gates.set(db, gate);
  return gate;
}

/** Runs `work` if the row of the event, or of the tier, has an expected version. Its own repetition is let through. */
export function ifExpected<Outcome>(
  ctx: Ctx,
  row: { event: EventId; tier?: LineId },
  edit: { expected: Expected; op: OpId },
  work: () => Promise<Outcome>,
): Promise<Outcome | Refusal> {
  const { expected, op } = edit;
  const timeouts = { lockMs, idleInTransactionMs, statementMs: lockMs };
  const checked = async (tx: Tx): Promise<Outcome | Refusal> => {
    await lockEdits(tx, row.event);
    if (expected === 'any') return work();
    const live = await ctx.inventory.snapshot({ event: row.event });
    // A draft has no stock in Redis: the command itself says so.
    if (live.status === 'snapshot') await waitForRecords(ctx, row.event, live.version);
    const version = await rowVersion(ctx.db, row);
    if (version !== undefined && !isExpected(expected, version)) {
      if (!(await operationIsRecorded(ctx.db, row.event, op))) return { status: 'version_conflict' };
    }
    return work();
  };
  const inTurn = () => inTransaction(ctx.db, { role: 'app', timeouts }, checked);
  return gateOf(ctx.db)(inTurn, () => new Fault('records_unavailable', 'too many edits are waiting'));
}
