/**
 * The organizer's side. Each route names a key and its scopes, an Idempotency-Key where it changes something, If-Match where it
 * edits something, and is answered after Postgres has the change.
 */
import { z } from 'zod';
import { type EventId, type LineId, readId, showId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { addTier, addTierInput } from '../../features/events/add-tier.ts';
import { audit } from '../../features/events/audit.ts';
import { create, createInput } from '../../features/events/create.ts';
import { editEvent, editEventInput } from '../../features/events/edit.ts';
import { editTier, editTierInput, shownTier } from '../../features/events/edit-tier.ts';
import { ifExpected } from '../../features/events/expected.ts';
import { listInput, listRecords } from '../../features/events/list.ts';
import { pause } from '../../features/events/pause.ts';
import { publish } from '../../features/events/publish.ts';
import { type Repriced, reprice, repriceInput } from '../../features/events/reprice.ts';
import { type Resized, resize, resizeInput } from '../../features/events/resize.ts';
import { resume } from '../../features/events/resume.ts';
import { retire } from '../../features/events/retire.ts';
import { reasonInput, setSale, setSaleInput } from '../../features/events/set-sale.ts';
import { showToAdmin } from '../../features/events/show.ts';
import { withhold, withholdInput } from '../../features/events/withhold.ts';
import type { Answer } from '../../features/requests/once.ts';
import * as api from '../api/organizers.ts';
import { mayDo } from '../authorize.ts';
import { rowEtag } from '../conditional.ts';
import type { Call, Edge, Route } from '../edge.ts';
import { parseInput, queryOf } from '../input.ts';
import type { Refused } from '../problem.ts';
import { auditJson, lineJson, listedJson, recordJson, saleJson } from '../views.ts';
import { type Asked, answer, answerOf, organizerRoutes } from './admin-frame.ts';
import { asParameter } from './events.ts';

/** Judged by the one schema that what was sent asks for: a union of all would not say which of its values is wrong. */
const tierChange = z.unknown().transform((value, context) => {
  const has = (key: string) => typeof value === 'object' && value !== null && Object.hasOwn(value, key);
  const parsed = (
    has('capacity') || has('drain') ? resizeInput : has('price') ? repriceInput : editTierInput
  ).safeParse(value);
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues) context.addIssue({ code: 'custom', path, message });
  return z.NEVER;
});

export function adminRoutes(edge: Edge): Route[] {
  const { change, changeEvent, view, viewEvent } = organizerRoutes(edge);
  return [
    view(api.listRecords, async (call) => {
      const input = parseInput(listInput, queryOf(call));
      if (input.status !== 'valid') return { ...input, errors: (input.errors ?? []).map(asParameter) };
      const { events, next } = await listRecords(call.ctx, input.value);
      const after = next ? showId('event', next) : null;
      const link = after && `</v1/admin/events?limit=${input.value.limit}&after=${after}>; rel="next"`;
      return answer(200, { events: events.map(listedJson), next: after }, link ? { link } : undefined);
    }),
    viewEvent(api.showRecord, async ({ ctx }, event) => {
      const outcome = await showToAdmin(ctx, event);
      return outcome.status === 'found' ? answerOf(200, recordJson(outcome.event)) : outcome;
    }),
    viewEvent(api.listTiers, async ({ ctx }, event) => {
      const outcome = await showToAdmin(ctx, event);
      if (outcome.status !== 'found') return outcome;
      const { lines, currency } = outcome.event;
      const tiers = lines.filter(({ kind }) => kind === 'tier');
      return answer(200, { tiers: tiers.map((tier) => lineJson(tier, currency)) });
    }),
    viewEvent(api.showTier, async (call, event) => {
      const tier = tierOf(call);
      const outcome = tier
        ? await shownTier(call.ctx, event, tier, 'found')
        : ({ status: 'tier_unknown' } as const);
      return outcome.status === 'found' ? answerOf(200, lineJson(outcome.tier, outcome.currency)) : outcome;
    }),
    viewEvent(api.auditEvent, async ({ ctx }, event) => {
      const outcome = await audit(ctx, event);
      return outcome.status === 'audited' ? answer(200, auditJson(event, outcome)) : outcome;
    }),
    change(api.createEvent, createInput, async ({ ctx, value, op, firstAt }) =>
      answer(201, recordJson((await create(ctx, value, op, firstAt)).record)),
    ),
    changeEvent(api.editEvent, editEventInput, async (event, { ctx, value, expected }) => {
      const outcome = await editEvent(ctx, event, value, expected);
      return outcome.status === 'edited' ? answerOf(200, recordJson(outcome.event)) : outcome;
    }),
    changeEvent(api.addTier, addTierInput, async (event, { ctx, value, op }) => {
      const outcome = await addTier(ctx, event, value, op);
      return outcome.status === 'added' ? answer(201, lineJson(outcome.tier, outcome.currency)) : outcome;
    }),
    changeEvent(api.changeTier, tierChange, changeTier),
    changeEvent(api.setSale, setSaleInput, async (event, { ctx, value, op, expected }) => {
      const outcome = await ifExpected(ctx, { event }, { expected, op }, () =>
        setSale(ctx, event, value, op),
      );
      const answered = saleAnswer(event, outcome);
      return answered.status === 'answered' ? withEtag(answered, await showToAdmin(ctx, event)) : answered;
    }),
    changeEvent(api.publishEvent, reasonInput, async (event, { ctx }) => {
      const outcome = await publish(ctx, event);
      if (outcome.status !== 'published') return outcome;
      return answer(200, { eventId: showId('event', event), version: outcome.version });
    }),
    changeEvent(api.pauseEvent, reasonInput, async (event, { ctx, value, op }) =>
      saleAnswer(event, await pause(ctx, event, value.reason, op)),
    ),
    changeEvent(api.resumeEvent, reasonInput, async (event, { ctx, value, op }) =>
      saleAnswer(event, await resume(ctx, event, value.reason, op)),
    ),
    changeEvent(api.retireEvent, reasonInput, async (event, { ctx, value, op }) => {
      const outcome = await retire(ctx, event, value.reason, op);
      if (outcome.status !== 'retired') return outcome;
      return answer(200, { eventId: showId('event', event), version: outcome.version });
    }),
    changeEvent(api.withholdUnits, withholdInput, async (event, { ctx, value, op }) => {
      const outcome = await withhold(ctx, event, value, op);
      if (outcome.status !== 'withheld') return outcome;
      const { version } = outcome;
      return answer(201, { tierId: showId('tier', value.tierId), quantity: value.quantity, version });
    }),
  ];
}

/** One of three: capacity and price are stock, which is decided in Redis; texts are rows. Each has its scope. */
async function changeTier(event: EventId, asked: Asked<typeof tierChange>): Promise<Answer | Refused> {
  const { ctx, call, value, op, expected, organizer } = asked;
  const isStock = 'capacity' in value || 'price' in value;
  const missing = mayDo(organizer, [isStock ? 'inventory:write' : 'events:write']);
  if (missing) return missing;
  const tier = tierOf(call);
  if (tier === undefined) return { status: 'tier_unknown' };
  if (!isStock) {
    const outcome = await editTier(ctx, event, tier, value, expected);
    return outcome.status === 'edited' ? answerOf(200, lineJson(outcome.tier, outcome.currency)) : outcome;
  }
  const outcome = await ifExpected(
    ctx,
    { event, tier },
    { expected, op },
    (): Promise<Resized | Repriced | Refusal> =>
      'capacity' in value ? resize(ctx, event, tier, value, op) : reprice(ctx, event, tier, value, op),
  );
  if (outcome.status !== 'resized' && outcome.status !== 'repriced') return outcome;
  const { status: _, ...changed } = outcome;
  const shown = await shownTier(ctx, event, tier, 'found');
  const answered = answer(200, { tierId: showId('tier', tier), ...changed });
  if (shown.status !== 'found') return answered;
  const text = JSON.stringify(lineJson(shown.tier, shown.currency));
  return { ...answered, headers: { etag: rowEtag(shown.tier.version, text) } };
}

function tierOf(call: Call): LineId | undefined {
  return readId('tier', call.c.req.param('tier') ?? '') as LineId | undefined;
}

function saleAnswer(
  event: EventId,
  outcome: Awaited<ReturnType<typeof setSale>> | Refusal,
): Answer | Refusal {
  if (!('sale' in outcome)) return outcome;
  const { version, sale } = outcome;
  return answer(200, { eventId: showId('event', event), version, sale: saleJson(sale) });
}

/** The tag of the event as GET shows it from here on. */
function withEtag(answered: Answer, shown: Awaited<ReturnType<typeof showToAdmin>>): Answer {
  if (shown.status !== 'found') return answered;
  const text = JSON.stringify(recordJson(shown.event));
  return { ...answered, headers: { etag: rowEtag(shown.event.version, text) } };
}
