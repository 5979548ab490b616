/** What every route of an organizer has in common: the key, the limit, the body, the one effect per Idempotency-Key. */
import { hash } from 'node:crypto';
import type { z } from 'zod';
import type { EventId, OpId } from '../../domain/ids.ts';
import type { Ctx } from '../../features/context.ts';
import type { Expected } from '../../features/events/expected.ts';
import type { Scope } from '../../features/keys/scopes.ts';
import { type Answer, once } from '../../features/requests/once.ts';
import type { Operation } from '../api/operation.ts';
import { type Organizer, organizerOf } from '../authorize.ts';
import { readJson } from '../body.ts';
import { readIfMatch, rowEtag } from '../conditional.ts';
import { type Call, type Edge, json, type Route, refuse, route } from '../edge.ts';
import { readIdempotencyKey } from '../idempotency.ts';
import { parseInput } from '../input.ts';
import type { Refused } from '../problem.ts';
import { eventOf } from './events.ts';

type Known = Exclude<Organizer, Refused>;

export type Asked<Schema extends z.ZodType> = {
  ctx: Ctx;
  call: Call;
  organizer: Known;
  value: z.output<Schema>;
  op: OpId;
  /** Unix ms of the first attempt under this key. */
  firstAt: number;
  /** What If-Match said; `any` where none is needed. */
  expected: Expected;
};

export const answer = (httpStatus: number, body: object, headers?: Record<string, string>): Answer => ({
  status: 'answered',
  httpStatus,
  text: JSON.stringify(body),
  ...(headers ? { headers } : undefined),
});

/** The row itself, with the tag that an edit of it names. */
export function answerOf(httpStatus: number, row: { version: number }): Answer {
  const text = JSON.stringify(row);
  return { status: 'answered', httpStatus, text, headers: { etag: rowEtag(row.version, text) } };
}

export function organizerRoutes(edge: Edge) {
  const scopesOf = ({ auth }: Operation): Scope[] => (Array.isArray(auth) ? auth : []);

  /** A route that changes something: one effect per key, the same bytes for each repetition. */
  const change = <Schema extends z.ZodType>(
    operation: Operation,
    schema: Schema,
    run: (asked: Asked<Schema>) => Promise<Answer | Refused>,
  ): Route =>
    route(operation, async (call) => {
      const organizer = await organizerOf(edge, call, scopesOf(operation));
      if (organizer.status !== 'organizer') return refuse(call, organizer);
      const key = readIdempotencyKey(call.incoming);
      if (key.status !== 'key') return refuse(call, key);
      const match =
        operation.conditional === 'if-match'
          ? readIfMatch(call.incoming)
          : ({ status: 'expected', expected: 'any' } as const);
      if (match.status !== 'expected') return refuse(call, match);
      const body = await bodyOf(call);
      if (body.status !== 'read') return refuse(call, body);
      const input = parseInput(schema, body.value);
      if (input.status !== 'valid') return refuse(call, input);
      const { name } = organizer;
      const ctx: Ctx = { ...call.ctx, actor: { kind: 'admin', name } };
      const request = {
        principal: `admin ${name}`,
        route: `${operation.method} ${call.c.req.path}`,
        key: key.key,
        bodyHash: hash('sha256', body.bytes, 'hex'),
      };
      const outcome = await once(ctx, request, (op, firstAt) =>
        run({ ctx, call, organizer, value: input.value, op, firstAt, expected: match.expected }),
      );
      if (outcome.status !== 'answered') return refuse(call, outcome);
      const replayed = outcome.replayed ? { 'idempotency-replayed': 'true' } : undefined;
      return json(call, outcome.httpStatus, outcome.text, { ...outcome.headers, ...replayed });
    });

  /** The same for one event, named in the path. */
  const changeEvent = <Schema extends z.ZodType>(
    operation: Operation,
    schema: Schema,
    run: (event: EventId, asked: Asked<Schema>) => Promise<Answer | Refused>,
  ): Route =>
    change(operation, schema, async (asked) => {
      const event = eventOf(asked.call);
      return event ? run(event, asked) : { status: 'event_unknown' };
    });

  /** A route that only looks. */
  const view = (operation: Operation, run: (call: Call) => Promise<Answer | Refused>): Route =>
    route(operation, async (call) => {
      const organizer = await organizerOf(edge, call, scopesOf(operation));
      if (organizer.status !== 'organizer') return refuse(call, organizer);
      const ctx: Ctx = { ...call.ctx, actor: { kind: 'admin', name: organizer.name } };
      const outcome = await run({ ...call, ctx });
      return outcome.status === 'answered'
        ? json(call, outcome.httpStatus, outcome.text, outcome.headers)
        : refuse(call, outcome);
    });

  const viewEvent = (
    operation: Operation,
    run: (call: Call, event: EventId) => Promise<Answer | Refused>,
  ): Route =>
    view(operation, async (call) => {
      const event = eventOf(call);
      return event ? run(call, event) : { status: 'event_unknown' };
    });

  return { change, changeEvent, view, viewEvent };
}

/** A command without settings may come without a body. */
async function bodyOf(call: Call): ReturnType<typeof readJson> {
  const { headers } = call.incoming;
  const bare = headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
  if (bare) return { status: 'read', value: {}, bytes: Buffer.alloc(0) };
  return readJson(call.incoming);
}
