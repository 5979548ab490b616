/**
 * What Redis must know of an event, from Postgres: counters and prices from the tiers, live holds from the hold rows and
 * nothing else, what each buyer has from live holds and tickets, ends of the last two periods from holds and operations.
 *
 * The tables are held against each other first. When they contradict, the event comes back frozen: it is better to sell
 * nothing for a while than to promise a ticket twice.
 */
import { hash } from 'node:crypto';
import type { Item } from '../../domain/facts.ts';
import type { BuyerId, HoldId, LineId, OrderId, TicketId } from '../../domain/ids.ts';
import type { LineView } from '../../inventory/inventory.ts';
import { type EventState, endedPeriodMs } from '../../inventory/load-event.ts';
import { basketRecord } from '../../inventory/records.ts';
import type { Tx } from '../../persistence/database.ts';
import {
  type EndedHoldRow,
  type EventHead,
  type HoldRow,
  type LineRow,
  readEndedHolds,
  readHalted,
  readLines,
  readLiveHolds,
  readOperations,
  readOwned,
  readVoided,
} from '../../persistence/queries/event-state.ts';

export type Contradiction = { line: LineId; what: string; counter: number; rows: number };

/** `now`: Unix ms by Redis's clock. */
export async function readEventState(
  tx: Tx,
  head: EventHead,
  now: number,
): Promise<{ state: EventState; contradictions: Contradiction[] }> {
  const { event } = head;
  const since = (Math.floor(now / endedPeriodMs) - 1) * endedPeriodMs;
  const lines = (await readLines(tx, event)).map(lineOf);
  const holds = groupHolds(await readLiveHolds(tx, event));
  const owned = await readOwned(tx, event);
  const ended = groupEnds(await readEndedHolds(tx, event, since));
  const operations = await readOperations(tx, event, since);
  const halted = await readHalted(tx, event);

  const contradictions = compare(lines, holds, owned);
  const state: EventState = {
    event,
    version: head.version,
    frozen: head.frozen || halted || contradictions.length > 0,
    sale: head.sale,
    lines,
    holds,
    buyers: buyersOf(holds, owned),
    voided: (await readVoided(tx, event)) as TicketId[],
    ended: [...ended, ...operations.map(({ op, at, record }) => ({ id: op, at, record }))],
  };
  return { state, contradictions };
}

function lineOf(row: LineRow): LineView {
  return {
    line: row.id as LineId,
    kind: row.kind,
    pool: row.pool_id as LineId | null,
    capacity: row.quantity,
    held: row.reserved_quantity,
    sold: row.issued_quantity,
    withheld: row.withheld_quantity,
    spokenFor: row.spoken_for,
    price: row.price_cents,
    priceVersion: row.price_version,
    buyerLimit: row.buyer_limit,
    // A drain that has arrived is over, also when its last step was a return that took the unit away.
    target: row.drain_target !== null && row.drain_target < row.quantity ? row.drain_target : null,
  };
}

function groupHolds(rows: HoldRow[]): EventState['holds'] {
  const holds: EventState['holds'] = [];
  for (const row of rows) {
    const item: Item = { tier: row.tier_id as LineId, quantity: row.quantity, price: row.unit_price_cents };
    const last = holds.at(-1);
    if (last?.view.hold === row.id) {
      last.view.items.push(item);
      continue;
    }
    holds.push({
      view: {
        hold: row.id as HoldId,
        state: row.paying ? 'paying' : 'active',
        buyer: row.buyer as BuyerId,
        items: [item],
        deadline: row.expires,
        heldAt: row.held,
        ttlMs: row.ttl_ms,
        extensions: row.extensions,
        order: row.paying ? (row.order_id as OrderId | null) : null,
      },
      user: row.user_id,
    });
  }
  return holds;
}

const howEnded = {
  completed: 'confirmed',
  released: 'released',
  expired: 'expired',
  unfulfilled: 'unfulfilled',
} as const;

/** As lua/lib/hold.lua writes it: the same basket, the same eight digits. */
export function fingerprint(basket: string): string {
  return hash('sha1', basket, 'hex').slice(0, 8);
}

function groupEnds(rows: EndedHoldRow[]): EventState['ended'] {
  const byHold = new Map<string, EndedHoldRow[]>();
  for (const row of rows) {
    const together = byHold.get(row.id);
    if (together) together.push(row);
    else byHold.set(row.id, [row]);
  }
  return [...byHold.values()].map((items) => {
    const row = items[0] as EndedHoldRow;
    const basket = basketRecord(
      items.map((item) => ({ tier: item.tier_id as LineId, quantity: item.quantity })),
    );
    const how = howEnded[row.status];
    const words = [how, row.ended_version ?? 0, fingerprint(basket), row.order_id ?? '-'];
    return { id: row.id, at: row.ended, record: words.join(' ') };
  });
}

type Owned = { buyer: string | null; tier_id: string; units: number }[];

function buyersOf(holds: EventState['holds'], owned: Owned): EventState['buyers'] {
  const buyers: EventState['buyers'] = new Map();
  const add = (buyer: BuyerId, tier: LineId, units: number) => {
    const has = buyers.get(buyer) ?? new Map<LineId, number>();
    has.set(tier, (has.get(tier) ?? 0) + units);
    buyers.set(buyer, has);
  };
  for (const { view } of holds) for (const item of view.items) add(view.buyer, item.tier, item.quantity);
  for (const { buyer, tier_id, units } of owned) {
    if (buyer !== null) add(buyer as BuyerId, tier_id as LineId, units);
  }
  return buyers;
}

/** The counters of each line against the rows they count. */
function compare(lines: LineView[], holds: EventState['holds'], owned: Owned): Contradiction[] {
  const held = new Map<LineId, number>();
  const sold = new Map<LineId, number>();
  const poolOf = new Map(lines.map((line) => [line.line, line.pool]));
  const count = (into: Map<LineId, number>, tier: LineId, units: number) => {
    for (const line of [tier, poolOf.get(tier)]) if (line) into.set(line, (into.get(line) ?? 0) + units);
  };
  for (const { view } of holds) for (const item of view.items) count(held, item.tier, item.quantity);
  for (const { tier_id, units } of owned) count(sold, tier_id as LineId, units);
  return lines.flatMap((line) =>
    [
      { line: line.line, what: 'held', counter: line.held, rows: held.get(line.line) ?? 0 },
      { line: line.line, what: 'sold', counter: line.sold, rows: sold.get(line.line) ?? 0 },
    ].filter(({ counter, rows }) => counter !== rows),
  );
}
