/**
 * The organizer's side. Each route names an administrator's key, an Idempotency-Key where it changes something, and is answered
 * after Postgres has the change.
 */
import { hash } from 'node:crypto';
import type { z } from 'zod';
import { type EventId, type LineId, type OpId, readId, showId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import type { Ctx } from '../../features/context.ts';
import { addTier, addTierInput } from '../../features/events/add-tier.ts';
import { audit } from '../../features/events/audit.ts';
import { create, createInput } from '../../features/events/create.ts';
import { pause } from '../../features/events/pause.ts';
import { publish } from '../../features/events/publish.ts';
import { reprice, repriceInput } from '../../features/events/reprice.ts';
import { resize, resizeInput } from '../../features/events/resize.ts';
import { resume } from '../../features/events/resume.ts';
import { retire } from '../../features/events/retire.ts';
import { reasonInput, setSale, setSaleInput } from '../../features/events/set-sale.ts';
import { showToAdmin } from '../../features/events/show.ts';
import { withhold, withholdInput } from '../../features/events/withhold.ts';
import { type Answer, once } from '../../features/requests/once.ts';
import { adminOf } from '../auth.ts';
import { readJson } from '../body.ts';
import { type Call, type Edge, json, type Method, type Route, refuse } from '../edge.ts';
import { readIdempotencyKey } from '../idempotency.ts';
import { parseInput } from '../input.ts';
import { auditJson, lineJson, recordJson, saleJson } from '../views.ts';
import { eventOf } from './events.ts';

type Asked<Value> = { ctx: Ctx; call: Call; value: Value; op: OpId; firstAt: number };

const answer = (httpStatus: number, body: object): Answer => ({
  status: 'answered',
  httpStatus,
  text: JSON.stringify(body),
});

export function adminRoutes(edge: Edge): Route[] {
  /** A route that changes something: one effect per key, the same bytes for each repetition. */
  const change = <Schema extends z.ZodType>(
    method: Method,
    path: string,
    schema: Schema,
    run: (asked: Asked<z.output<Schema>>) => Promise<Answer | Refusal>,
  ): Route => ({
    method,
    path,
    handle: async (call) => {
      const name = adminOf(call.incoming.headers, edge.adminKeys);
      if (name === undefined) return refuse(call, { status: 'admin_key_required' });
      const key = readIdempotencyKey(call.incoming);
      if (key.status !== 'key') return refuse(call, key);
      const body = await bodyOf(call);
      if (body.status !== 'read') return refuse(call, body);
      const input = parseInput(schema, body.value);
      if (input.status !== 'valid') return refuse(call, input);
      const ctx: Ctx = { ...call.ctx, actor: { kind: 'admin', name } };
      const request = {
        principal: `admin ${name}`,
        route: `${method} ${call.c.req.path}`,
        key: key.key,
        bodyHash: hash('sha256', body.bytes, 'hex'),
      };
      const outcome = await once(ctx, request, (op, firstAt) =>
        run({ ctx, call, value: input.value, op, firstAt }),
      );
      if (outcome.status !== 'answered') return refuse(call, outcome);
      return json(
        outcome.httpStatus,
        outcome.text,
        outcome.replayed ? { 'idempotency-replayed': 'true' } : undefined,
      );
    },
  });

  /** The same for one event, named in the path. */
  const changeEvent = <Schema extends z.ZodType>(
    method: Method,
    path: string,
    schema: Schema,
    run: (event: EventId, asked: Asked<z.output<Schema>>) => Promise<Answer | Refusal>,
  ): Route =>
    change(method, `/v1/admin/events/:event${path}`, schema, async (asked) => {
      const event = eventOf(asked.call);
      return event ? run(event, asked) : { status: 'event_unknown' };
    });

  /** A route that only looks. */
  const view = (path: string, run: (ctx: Ctx, event: EventId) => Promise<Answer | Refusal>): Route => ({
    method: 'GET',
    path: `/v1/admin/events/:event${path}`,
    handle: async (call) => {
      const name = adminOf(call.incoming.headers, edge.adminKeys);
      if (name === undefined) return refuse(call, { status: 'admin_key_required' });
      const event = eventOf(call);
      const ctx: Ctx = { ...call.ctx, actor: { kind: 'admin', name } };
      const outcome = event ? await run(ctx, event) : ({ status: 'event_unknown' } as const);
      return outcome.status === 'answered' ? json(outcome.httpStatus, outcome.text) : refuse(call, outcome);
    },
  });

  return [
    change('POST', '/v1/admin/events', createInput, async ({ ctx, value, op, firstAt }) =>
      answer(201, recordJson(await create(ctx, value, op, firstAt))),
    ),
    changeEvent('POST', '/tiers', addTierInput, async (event, { ctx, value, op }) => {
      const outcome = await addTier(ctx, event, value, op);
      return outcome.status === 'added' ? answer(201, lineJson(outcome.tier, outcome.currency)) : outcome;
    }),
    changeEvent('POST', '/publish', reasonInput, async (event, { ctx }) => {
      const outcome = await publish(ctx, event);
      if (outcome.status !== 'published') return outcome;
      return answer(200, { eventId: showId('event', event), version: outcome.version });
    }),
    changeEvent('POST', '/pause', reasonInput, async (event, { ctx, value, op }) =>
      saleAnswer(event, await pause(ctx, event, value.reason, op)),
    ),
    changeEvent('POST', '/resume', reasonInput, async (event, { ctx, value, op }) =>
      saleAnswer(event, await resume(ctx, event, value.reason, op)),
    ),
    changeEvent('PATCH', '/sale', setSaleInput, async (event, { ctx, value, op }) =>
      saleAnswer(event, await setSale(ctx, event, value, op)),
    ),
    changeEvent('POST', '/retire', reasonInput, async (event, { ctx, value, op }) => {
      const outcome = await retire(ctx, event, value.reason, op);
      if (outcome.status !== 'retired') return outcome;
      return answer(200, { eventId: showId('event', event), version: outcome.version });
    }),
    changeEvent(
      'PATCH',
      '/tiers/:tier',
      resizeInput.or(repriceInput),
      async (event, { ctx, call, value, op }) => {
        const tier = readId('tier', call.c.req.param('tier') ?? '') as LineId | undefined;
        if (tier === undefined) return { status: 'tier_unknown' };
        const outcome =
          'capacity' in value
            ? await resize(ctx, event, tier, value, op)
            : await reprice(ctx, event, tier, value, op);
        if (outcome.status !== 'resized' && outcome.status !== 'repriced') return outcome;
        const { status: _, ...changed } = outcome;
        return answer(200, { tierId: showId('tier', tier), ...changed });
      },
    ),
    changeEvent('POST', '/withholds', withholdInput, async (event, { ctx, value, op }) => {
      const outcome = await withhold(ctx, event, value, op);
      if (outcome.status !== 'withheld') return outcome;
      const { version } = outcome;
      return answer(201, { tierId: showId('tier', value.tierId), quantity: value.quantity, version });
    }),
    view('', async (ctx, event) => {
      const outcome = await showToAdmin(ctx, event);
      return outcome.status === 'found' ? answer(200, recordJson(outcome.event)) : outcome;
    }),
    view('/audit', async (ctx, event) => {
      const outcome = await audit(ctx, event);
      return outcome.status === 'audited' ? answer(200, auditJson(event, outcome)) : outcome;
    }),
  ];
}

function saleAnswer(event: EventId, outcome: Awaited<ReturnType<typeof setSale>>): Answer | Refusal {
  if (outcome.status !== 'sale_set') return outcome;
  const { version, sale } = outcome;
  return answer(200, { eventId: showId('event', event), version, sale: saleJson(sale) });
}

/** A command without settings may come without a body. */
async function bodyOf(call: Call): ReturnType<typeof readJson> {
  const { headers } = call.incoming;
  const bare = headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
  if (bare) return { status: 'read', value: {}, bytes: Buffer.alloc(0) };
  return readJson(call.incoming);
}
