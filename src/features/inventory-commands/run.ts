/**
 * Runs one command that a SQL function queued, in Redis, where an open event's stock is decided. The row stays locked
 * while it runs, so two workers never run the same one; what it does is safe to do twice, because a worker may die between
 * Redis and the commit.
 */
import { isFault } from '../../domain/faults.ts';
import type { BuyerId, EventId, HoldId, OrderId } from '../../domain/ids.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { type Database, inTransaction, type Tx } from '../../persistence/database.ts';
import {
  type CommandRow,
  claimCommand,
  noteAttempt,
  readOrderToConfirm,
} from '../../persistence/queries/inventory-commands.ts';

export type CommandsCtx = { db: Database; inventory: Inventory };

/** After so many failures in a row somebody has to look: the row stays open, with its number of attempts. */
const attemptsMax = 10;
/** 50 holds a round: what one command may end; the next one goes on. */
const roundsMax = 1_000;
const timeouts = { idleInTransactionMs: 60_000 };

/** The next command, or undefined when none is waiting. Faults are noted as an attempt and not thrown. */
export async function runNextCommand(ctx: CommandsCtx): Promise<{ kind: string; done: boolean } | undefined> {
  return inTransaction(ctx.db, { role: 'worker', timeouts }, async (tx) => {
    const command = await claimCommand(tx, attemptsMax);
    if (command === undefined) return undefined;
    const outcome = await run(ctx, tx, command);
    await noteAttempt(tx, command.id, outcome);
    return { kind: command.kind, done: outcome !== undefined };
  });
}

async function run({ inventory }: CommandsCtx, tx: Tx, command: CommandRow): Promise<object | undefined> {
  const event = command.event as EventId;
  try {
    switch (command.kind) {
      case 'reclaim':
        return await reclaim(inventory, event);
      case 'confirm':
        return await confirm(inventory, tx, event, command.payload.order);
      case 'reconcile':
        // Redis is the authority: nothing is fixed by hand there. Due holds are what it could be behind with.
        return { ...(await reclaim(inventory, event)), audit: await inventory.audit({ event }) };
    }
  } catch (error) {
    // An unknown outcome included: the same command again has no second effect.
    if (isFault(error) && !error.code.startsWith('records')) return undefined;
    throw error;
  }
}

async function reclaim(inventory: Inventory, event: EventId): Promise<object> {
  let expired = 0;
  for (let round = 0; round < roundsMax; round++) {
    const reclaimed = await inventory.reclaim({ event });
    if (reclaimed.status !== 'reclaimed') return reclaimed;
    expired += reclaimed.expired;
    if (!reclaimed.more) break;
  }
  return { status: 'reclaimed', expired };
}

async function confirm(
  inventory: Inventory,
  tx: Tx,
  event: EventId,
  order: string | undefined,
): Promise<object> {
  const row = order === undefined ? undefined : await readOrderToConfirm(tx, event, order);
  if (row === undefined) return { status: 'order_unknown' };
  // An order that is settled is answered from here and never reaches Redis.
  if (row.status !== 'pending') return { status: 'order_settled', order: row.status };
  if (row.hold === null || row.buyer === null || row.items.length === 0)
    return { status: 'order_incomplete' };
  const hold = row.hold as HoldId;
  const buyer = row.buyer as BuyerId;
  return inventory.confirm({ event, hold, order: order as OrderId, buyer, items: row.items });
}
