/** The JSON of every success, as src/server/views.ts builds it. Each schema that is named here is named so in the document. */
import { z } from 'zod';
import { scopeNames } from '../../features/keys/scopes.ts';

/** Schemas with a name of their own in the document. */
export const bodies = z.registry<{ id: string; description?: string }>();

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
export const id = (prefix: string) => z.string().regex(new RegExp(`^${prefix}_${uuid}$`));
export const eventId = id('evt').register(bodies, { id: 'EventId' });
export const tierId = id('tier').register(bodies, { id: 'TierId', description: 'Of a tier or a pool.' });
const holdId = id('hold').register(bodies, { id: 'HoldId' });
export const instant = z.iso.datetime().register(bodies, { id: 'Instant', description: 'RFC 3339, UTC.' });
const count = z.int().min(0);
export const version = z.int().min(1);

export const money = z
  .object({ amount: count.describe('Minor units'), currency: z.string().regex(/^[A-Z]{3}$/) })
  .register(bodies, { id: 'Money' });

const saleState = z.enum(['draft', 'on_sale', 'paused', 'ended']).register(bodies, { id: 'SaleState' });

export const sale = z
  .object({
    state: saleState,
    holdTtlMs: z.int().min(1),
    buyerLimit: count.describe('Units one buyer may have in the event; 0 is no limit'),
    extensionsMax: count,
    extensionMs: count,
    extensionWindowMs: count,
    opensAt: instant.nullable(),
    closesAt: instant.nullable(),
  })
  .register(bodies, { id: 'Sale' });

const summaryFields = {
  id: eventId,
  name: z.string(),
  venue: z.string(),
  startsAt: instant,
  timeZone: z.string(),
  currency: z.string(),
  saleState,
};

export const summary = z.object(summaryFields).register(bodies, { id: 'EventSummary' });

export const eventPage = z
  .object({ events: z.array(summary), next: eventId.nullable().describe('The `after` of the next page') })
  .register(bodies, { id: 'EventPage' });

export const event = z
  .object({
    ...summaryFields,
    sale,
    tiers: z.array(z.object({ id: tierId, name: z.string(), price: money, poolId: tierId.nullable() })),
  })
  .register(bodies, { id: 'Event' });

export const availability = z
  .object({
    eventId,
    epoch: count.describe('Grows when the inventory was rebuilt'),
    version: count.describe('Grows with every change within an epoch'),
    saleState,
    opensAt: instant.nullable(),
    closesAt: instant.nullable(),
    halted: z.boolean(),
    tiers: z.array(
      z.object({
        tierId,
        name: z.string(),
        price: money,
        available: count,
        held: count,
        sold: count,
        capacity: count,
        state: z.enum(['available', 'all_in_carts', 'sold_out']),
      }),
    ),
  })
  .register(bodies, { id: 'Availability' });

const holdFields = {
  id: holdId,
  eventId,
  state: z.enum(['active', 'paying']),
  items: z.array(z.object({ tierId, quantity: z.int().min(1), unitPrice: money })),
  total: money,
  expiresAt: instant,
  extensionsLeft: count,
};

export const hold = z.object({ ...holdFields, serverNow: instant }).register(bodies, { id: 'Hold' });
export const extendedHold = z.object(holdFields).register(bodies, { id: 'ExtendedHold' });

export const session = z
  .object({ token: z.string(), userId: id('ses'), expiresAt: instant })
  .register(bodies, { id: 'Session' });

export const tier = z
  .object({
    id: tierId,
    name: z.string(),
    description: z.string(),
    price: money,
    capacity: count,
    buyerLimit: count,
    poolId: tierId.nullable(),
    version: version.describe('Of the row: what the ETag says'),
  })
  .register(bodies, { id: 'Tier' });

export const tierList = z.object({ tiers: z.array(tier) }).register(bodies, { id: 'TierList' });

const eventStatus = z.enum(['draft', 'published', 'cancelled', 'ended', 'retired']);

export const eventRecord = z
  .object({
    ...summaryFields,
    status: eventStatus,
    authority: z.enum(['postgres', 'redis']).describe('Who counts: redis once it was published'),
    partition: count.nullable(),
    frozen: z.boolean(),
    rotatingCodes: z.boolean().describe('Ticket codes change every 30 seconds'),
    version: version.describe('Of the row: what the ETag says'),
    sale,
    tiers: z.array(tier),
    pools: z.array(z.object({ id: tierId, name: z.string(), capacity: count })),
  })
  .register(bodies, { id: 'EventRecord' });

export const recordPage = z
  .object({
    events: z.array(z.object({ ...summaryFields, status: eventStatus, version })),
    next: eventId.nullable().describe('The `after` of the next page'),
  })
  .register(bodies, { id: 'EventRecordPage' });

export const changed = z.object({ eventId, version: count }).register(bodies, { id: 'Changed' });
export const saleChanged = z
  .object({ eventId, version: count, sale })
  .register(bodies, { id: 'SaleChanged' });
export const withheld = z
  .object({ tierId, quantity: z.int(), version: count })
  .register(bodies, { id: 'Withheld' });

export const resized = z
  .object({ tierId, version: count, capacity: count, target: count.nullable() })
  .register(bodies, { id: 'Resized' });
export const repriced = z
  .object({ tierId, version: count, priceVersion: count })
  .register(bodies, { id: 'Repriced' });
export const tierChanged = z.union([resized, repriced, tier]).register(bodies, { id: 'TierChanged' });

const counters = z.object({
  capacity: z.int(),
  held: z.int(),
  sold: z.int(),
  withheld: z.int(),
  available: z.int(),
});

export const auditReport = z
  .object({
    eventId,
    epoch: count,
    version: count,
    sale,
    frozen: z.boolean(),
    liveHolds: count,
    ghostUnits: count,
    driftUnits: count,
    lines: z.array(
      z.object({ lineId: tierId, redis: counters, records: counters.nullable(), driftUnits: count }),
    ),
  })
  .register(bodies, { id: 'AuditReport' });

export const versionBody = z.object({ version: z.string() }).register(bodies, { id: 'Version' });

export const openApi = z
  .looseObject({ openapi: z.string(), info: z.looseObject({}), paths: z.looseObject({}) })
  .register(bodies, { id: 'OpenApi', description: 'This document.' });

const inputError = z.object({
  detail: z.string(),
  pointer: z.string().optional().describe('A JSON Pointer into the body'),
  header: z.string().optional(),
  parameter: z.string().optional(),
});

export const problem = z
  .object({
    type: z.string().describe('Where the refusal is explained'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    code: z.string(),
    traceId: z.string().regex(/^[0-9a-f]{32}$/),
    errors: z.array(inputError).optional(),
    conflicts: z
      .array(
        z.object({
          tierId,
          requested: z.int(),
          available: z.int(),
          reason: z.enum([
            'purchase_limit',
            'tier_sold_out',
            'tier_all_in_carts',
            'tier_not_enough',
            'tier_unknown',
          ]),
        }),
      )
      .optional(),
    minimum: z.int().optional(),
    total: money.optional().describe('Of `price_changed` and `total_below_minimum`: what it costs'),
    from: instant.optional(),
    scopes: z.array(z.enum(scopeNames)).optional().describe('Of `scope_missing`: any of these would do'),
    'violated-policies': z.array(z.string()).optional(),
    supported: z
      .array(z.string())
      .optional()
      .describe('Of `websocket_required`: the subprotocols spoken here'),
  })
  .register(bodies, { id: 'Problem', description: 'RFC 9457.' });
