/** Holds: the buyer's side of the inventory. */
import { type EventId, type HoldId, readId, showId } from '../../domain/ids.ts';
import { extend } from '../../features/holds/extend.ts';
import { release } from '../../features/holds/release.ts';
import { type Reserved, reserve, reserveInput } from '../../features/holds/reserve.ts';
import { show } from '../../features/holds/show.ts';
import { operationOf } from '../../features/requests/once.ts';
import { extendHold, releaseHold, reserveHold, showHold } from '../api/public.ts';
import { personOf } from '../authorize.ts';
import { readJson } from '../body.ts';
import { type Call, type Edge, empty, json, type Route, refuse, route } from '../edge.ts';
import { readIdempotencyKey } from '../idempotency.ts';
import { parseInput } from '../input.ts';
import { refusalOfFault } from '../on-fault.ts';
import type { Refused } from '../problem.ts';
import { extendedText, holdText } from '../views.ts';

const replayed = { 'idempotency-replayed': 'true' };
const unknownHold: Refused = { status: 'hold_unknown' };

export function holdRoutes(edge: Edge): Route[] {
  const attempt = async (call: Call): Promise<Reserved | Refused> => {
    const asked = personOf(edge, call);
    const person = asked instanceof Promise ? await asked : asked;
    if (person.status !== 'person') return person;
    const { user } = person;
    const key = readIdempotencyKey(call.incoming);
    if (key.status !== 'key') return key;
    const body = await readJson(call.incoming);
    if (body.status !== 'read') return body;
    const input = parseInput(reserveInput, body.value);
    if (input.status !== 'valid') return input;
    const event = readId('event', call.c.req.param('event') ?? '');
    if (event === undefined) return { status: 'event_unknown' };
    return reserve(call.ctx, user, event as EventId, input.value, key.key);
  };

  /** The hot path: counted by its outcome, also when that is a fault. */
  const reserveHandler = async (call: Call): Promise<Response> => {
    const counter = edge.metrics.holdRequests;
    let outcome: Reserved | Refused;
    try {
      outcome = await attempt(call);
    } catch (fault) {
      counter.inc({ outcome: refusalOfFault(fault).status });
      throw fault;
    }
    if (outcome.status !== 'held') {
      counter.inc({ outcome: outcome.status });
      return refuse(call, outcome);
    }
    counter.inc({ outcome: outcome.replayed ? 'replayed' : 'held' });
    const { hold } = outcome;
    const location = `/v1/holds/${showId('hold', hold.hold)}`;
    const text = holdText(hold, outcome.event, hold.heldAt);
    return json(call, 201, text, outcome.replayed ? { location, ...replayed } : { location });
  };

  const showHandler = async (call: Call): Promise<Response> => {
    const person = await personOf(edge, call);
    if (person.status !== 'person') return refuse(call, person);
    const { user } = person;
    const hold = holdOf(call);
    const outcome = hold ? await show(call.ctx, user, hold) : unknownHold;
    if (outcome.status !== 'found') return refuse(call, outcome);
    return json(call, 200, holdText(outcome.hold, outcome.event, outcome.now));
  };

  const extendHandler = async (call: Call): Promise<Response> => {
    const person = await personOf(edge, call);
    if (person.status !== 'person') return refuse(call, person);
    const { user } = person;
    const key = readIdempotencyKey(call.incoming);
    if (key.status !== 'key') return refuse(call, key);
    const hold = holdOf(call);
    if (!hold) return refuse(call, unknownHold);
    const op = operationOf({ principal: user, route: `extend ${hold}`, key: key.key });
    const outcome = await extend(call.ctx, user, hold, op);
    if (outcome.status !== 'extended') return refuse(call, outcome);
    return json(
      call,
      200,
      extendedText(outcome.hold, outcome.event),
      outcome.replayed ? replayed : undefined,
    );
  };

  const releaseHandler = async (call: Call): Promise<Response> => {
    const person = await personOf(edge, call);
    if (person.status !== 'person') return refuse(call, person);
    const { user } = person;
    const hold = holdOf(call);
    const outcome = hold ? await release(call.ctx, user, hold) : unknownHold;
    return outcome.status === 'released' ? empty(call, 204) : refuse(call, outcome);
  };

  return [
    route(reserveHold, reserveHandler),
    route(showHold, showHandler),
    route(releaseHold, releaseHandler),
    route(extendHold, extendHandler),
  ];
}

function holdOf(call: Call): HoldId | undefined {
  return readId('hold', call.c.req.param('hold') ?? '') as HoldId | undefined;
}
