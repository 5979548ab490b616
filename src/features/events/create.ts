/**
 * Create: an event as a draft in Postgres, with its tiers and pools. Nothing is on sale before `publish`. Ids are derived
 * from the operation, so the same operation makes the same event again, that is, none.
 */
import { hash } from 'node:crypto';
import { z } from 'zod';
import { derivedUuid, type EventId, eventPrefix, type LineId, type OpId, uuidV7 } from '../../domain/ids.ts';
import { inTransaction } from '../../persistence/database.ts';
import { type EventRecord, eventById } from '../../persistence/queries/events.ts';
import {
  insertEvent,
  insertLines,
  isPrefixTaken,
  type NewLine,
} from '../../persistence/queries/new-events.ts';
import type { Ctx } from '../context.ts';
import { anyText, capacity, instant, longText, price, shortText } from '../input.ts';

const hourMs = 3_600_000;

/** A browse hold lives 15 minutes unless the organizer says otherwise, and 1 to 30. */
export const saleFields = {
  opensAt: instant,
  closesAt: instant,
  holdTtlMs: z
    .int()
    .min(1_000)
    .max(hourMs / 2),
  /** Units one buyer may have in the whole event; 0 is no limit. */
  buyerLimit: z.int().min(0).max(1_000_000),
  extensionsMax: z.int().min(0).max(100),
  extensionMs: z.int().min(0).max(hourMs),
  extensionWindowMs: z.int().min(0).max(hourMs),
};

const unbounded = { state: 'draft', opensAt: 0, closesAt: 0, buyerLimit: 0 } as const;

/** What a request calls a pool, for its own tiers. */
const poolRef = anyText.min(1).max(40);

export const tierInput = z.strictObject({
  name: shortText,
  description: longText(2_000).default(''),
  /** Minor units of the event's currency. */
  price,
  capacity,
  buyerLimit: z.int().min(0).max(1_000_000).default(0),
  /** The `ref` of a pool this tier draws on. */
  pool: poolRef.optional(),
});

const poolInput = z.strictObject({ ref: poolRef, name: shortText, capacity });

/** Tiers of an event, and pools. */
export const linesMax = 100;

export const timeZone = z.string().max(64).refine(isTimeZone, 'must be an IANA time zone');

export const createInput = z
  .strictObject({
    name: shortText,
    venue: longText(200).default(''),
    startsAt: instant,
    timeZone: timeZone.default('UTC'),
    currency: z.string().refine(isCurrency, 'must be an ISO 4217 code'),
    sale: z.strictObject(saleFields).partial().default({}),
    pools: z.array(poolInput).max(linesMax).default([]),
    tiers: z.array(tierInput).max(linesMax).default([]),
  })
  .superRefine(({ pools, tiers, sale }, context) => {
    const refs = new Set(pools.map(({ ref }) => ref));
    if (refs.size < pools.length) {
      context.addIssue({ code: 'custom', path: ['pools'], message: 'each ref may stand once' });
    }
    for (const [index, { pool }] of tiers.entries()) {
      if (pool === undefined || refs.has(pool)) continue;
      context.addIssue({
        code: 'custom',
        path: ['tiers', index, 'pool'],
        message: 'must be the ref of a pool',
      });
    }
    const { opensAt, closesAt } = sale;
    if (opensAt !== undefined && closesAt !== undefined && closesAt <= opensAt) {
      context.addIssue({ code: 'custom', path: ['sale', 'closesAt'], message: 'must be after opensAt' });
    }
  });
export type CreateInput = z.output<typeof createInput>;

/** For more, nine events of one millisecond would have to draw the same 12 bits. */
const idAttemptsMax = 8;

/** `made`: by this call; otherwise the same operation had made it before. */
export type Created = { record: EventRecord; made: boolean };

/**
 * `firstAt`: Unix ms when the operation was first asked for; it dates the id. `externalRef`: what an imported event is called
 * where it comes from; one that is taken is an error of the database.
 *
 * Events of one millisecond differ in 12 of their first 64 bits, so two of them may want the same ones. The second is dated a
 * millisecond later: a repetition of its operation goes the same way, and arrives at the same event.
 */
export async function create(
  ctx: Ctx,
  input: CreateInput,
  op: OpId,
  firstAt: number,
  externalRef?: string,
): Promise<Created> {
  for (let attempt = 1; ; attempt++) {
    const event = eventIdFor(op, firstAt + attempt - 1);
    let made = false;
    let taken: unknown;
    try {
      made = await insert(ctx, input, op, event, externalRef);
    } catch (error) {
      if (!isPrefixTaken(error)) throw error;
      taken = error;
    }
    // Whoever took the bits may be the same operation, carried out at the same moment.
    const record = await eventById(ctx.db, event);
    if (record) return { record, made };
    if (taken === undefined) throw new Error(`event ${event} is not there after it was inserted`);
    if (attempt === idAttemptsMax) throw taken;
  }
}

/** False when it was there already. */
function insert(
  ctx: Ctx,
  input: CreateInput,
  op: OpId,
  event: EventId,
  externalRef: string | undefined,
): Promise<boolean> {
  const { pools, tiers, sale, ...about } = input;
  const settings = Object.fromEntries(Object.entries(sale).filter(([, value]) => value !== undefined));
  const rules = { ...unbounded, ...ctx.limits.hold, ...settings };
  return inTransaction(ctx.db, { role: 'app' }, async (tx) => {
    const made = await insertEvent(tx, { ...about, event, externalRef, sale: rules });
    await insertLines(tx, event, linesOf({ pools, tiers }, op, event));
    return made;
  });
}

function linesOf(
  { pools, tiers }: Pick<CreateInput, 'pools' | 'tiers'>,
  op: OpId,
  event: EventId,
): NewLine[] {
  const idOf = (kind: string, name: string | number) =>
    derivedUuid(eventPrefix(event), op, kind, String(name)) as LineId;
  return [
    ...pools.map((pool, position) => ({
      line: idOf('pool', pool.ref),
      kind: 'pool' as const,
      name: pool.name,
      description: '',
      capacity: pool.capacity,
      price: 0,
      buyerLimit: 0,
      pool: null,
      position,
    })),
    ...tiers.map((tier, position) => ({
      ...tier,
      line: idOf('tier', position),
      kind: 'tier' as const,
      pool: tier.pool === undefined ? null : idOf('pool', tier.pool),
      position,
    })),
  ];
}

export function eventIdFor(op: OpId, firstAt: number): EventId {
  // A digest, because the digits of an operation's own that would stand here are the same for each.
  return uuidV7(firstAt, hash('sha256', op, 'hex').slice(0, 20)) as EventId;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const currencies = new Set(Intl.supportedValuesOf('currency'));
function isCurrency(code: string): boolean {
  return currencies.has(code);
}
