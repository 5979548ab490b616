/** A call of the API from its first byte to its answer: key, faults, the handler, what is kept. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { StripeFault } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import type { EventRecord, World } from '../core/world.ts';
import { disputeRoutes } from '../disputes/routes.ts';
import type { CallFault, Hostility } from '../hostile/hostility.ts';
import { intentRoutes } from '../intents/routes.ts';
import { refundRoutes } from '../refunds/routes.ts';
import { sessionRoutes } from '../sessions/routes.ts';
import type { Deliverer } from '../webhooks/deliver.ts';
import { webhookRoutes } from '../webhooks/routes.ts';
import { expand, readExpansions } from './expand.ts';
import { parseForm } from './form.ts';
import { type Idempotency, keyInUse, type Result } from './idempotency.ts';
import { Params } from './params.ts';
import { lists, router } from './route.ts';

const findRoute = router([
  ...sessionRoutes,
  ...intentRoutes,
  ...refundRoutes,
  ...disputeRoutes,
  ...webhookRoutes,
]);

/** Longer than any webhook should take, shorter than any client waits. */
const earlyMaxMs = 3_000;

export type Site = {
  world: World;
  hostility: Hostility;
  deliverer: Deliverer;
  idempotency: Idempotency;
  secretKey: string;
  /** Each call is answered only after this. */
  latencyMs: number;
  /** Called when a call or a click has changed something, before it is answered. */
  saved: () => void;
};

type Call = { method: string; path: string; form: string; key: string | null; requestId: string };

export async function answerApi(
  site: Site,
  request: IncomingMessage,
  response: ServerResponse,
  { path, query, body }: { path: string; query: string; body: string },
): Promise<void> {
  const method = request.method ?? 'GET';
  const header = request.headers['idempotency-key'];
  const key = method === 'POST' && typeof header === 'string' && header !== '' ? header : null;
  const call: Call = {
    method,
    path,
    form: method === 'POST' ? body : query,
    key,
    requestId: newId.request(),
  };
  const headers: Record<string, string> = {
    'Content-Type': 'application/json',
    'Request-Id': call.requestId,
    'Stripe-Version': String(request.headers['stripe-version'] ?? site.world.rules.apiVersion),
    ...(key === null ? {} : { 'Idempotency-Key': key }),
  };
  const result = await perform(site, call, request, response, headers);
  if (result === null || response.destroyed) return;
  if (result.requestId !== call.requestId) {
    headers['Idempotent-Replayed'] = 'true';
    headers['Original-Request'] = result.requestId;
  }
  // A kept 500 would only be replayed.
  if (result.status >= 500 && key !== null) headers['Stripe-Should-Retry'] = 'false';
  if (site.latencyMs > 0) await pause(site.latencyMs);
  response.writeHead(result.status, headers);
  response.end(result.body);
}

/** The result to answer; null when the connection is not answered at all. */
async function perform(
  site: Site,
  call: Call,
  request: IncomingMessage,
  response: ServerResponse,
  headers: Record<string, string>,
): Promise<Result | null> {
  const { hostility, idempotency, world } = site;
  try {
    checkKey(site, request);
    const name = `${call.method} ${call.path.replace(/\/(cs|pi|ch|re|evt|we|du)_\w+/, '/:id')} ${call.key ?? call.form}`;
    const fault = hostility.forCall(name, { reads: call.method === 'GET', keyed: call.key !== null });
    if (fault === 'unavailable' || fault === 'tooMany' || fault === 'conflict') {
      if (fault === 'unavailable') headers['Stripe-Should-Retry'] = 'true';
      throw refusalOf(fault, call.key ?? '');
    }
    if (fault === 'closeBefore') return closed(response);
    const known =
      call.key === null ? undefined : idempotency.begin(call.key, call.path, call.form, world.agenda.now());
    if (known !== undefined) {
      if (fault === 'closeAfter') return closed(response);
      return fault === 'hangAfter' ? await hang(site, response) : known;
    }
    try {
      if (fault === 'hangBefore') return await hang(site, response);
      const events: EventRecord[] = [];
      const { result, kept } =
        fault === 'failBefore' ? { result: failure(call), kept: true } : execute(site, call, events);
      const given = fault === 'failAfter' ? failure(call) : result;
      if (call.key !== null && kept) {
        idempotency.keep(call.key, call.path, call.form, given, world.agenda.now());
      }
      site.saved();
      if (events.length > 0 && hostility.early(name)) await site.deliverer.triedOnce(events, earlyMaxMs);
      if (fault === 'closeAfter') return closed(response);
      if (fault === 'hangAfter') return await hang(site, response);
      return given;
    } finally {
      if (call.key !== null) idempotency.end(call.key);
    }
  } catch (error) {
    if (error instanceof StripeFault) return faultResult(error, call.requestId);
    throw error;
  }
}

/** Runs the handler. What the events it causes are is put into `events`. */
function execute(site: Site, call: Call, events: EventRecord[]): { result: Result; kept: boolean } {
  const { world } = site;
  const requestId = call.requestId;
  const tell = world.onEvent;
  try {
    const found = findRoute(call.method, call.path);
    if (found === undefined) throw unknownUrl(call);
    world.agenda.runDue();
    world.cause = { requestId, idempotencyKey: call.key };
    world.onEvent = (event) => {
      events.push(event);
      tell(event);
    };
    const params = new Params(parseForm(call.form));
    const { answers, run } = found.route;
    const paths = readExpansions(params, answers, lists(found.route));
    const answer = expand(world, run(world, params, found.id), paths);
    return { result: { status: 200, body: JSON.stringify(answer), requestId }, kept: true };
  } catch (error) {
    if (!(error instanceof StripeFault)) throw error;
    return { result: faultResult(error, requestId), kept: error.kept };
  } finally {
    world.cause = null;
    world.onEvent = tell;
  }
}

function faultResult(fault: StripeFault, requestId: string): Result {
  const request_log_url = `https://dashboard.stripe.com/test/logs/${requestId}`;
  return {
    status: fault.status,
    body: JSON.stringify({ error: { ...fault.body, request_log_url } }),
    requestId,
  };
}

function failure(call: Call): Result {
  const message = 'An unknown error occurred.';
  return faultResult(new StripeFault(500, { type: 'api_error', message }, true), call.requestId);
}

function refusalOf(fault: CallFault, key: string): StripeFault {
  if (fault === 'conflict') return keyInUse(key);
  if (fault === 'tooMany') {
    const message =
      'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.';
    return new StripeFault(429, { type: 'invalid_request_error', code: 'rate_limit', message }, false);
  }
  return new StripeFault(
    503,
    { type: 'api_error', message: 'The service is unavailable for a moment.' },
    false,
  );
}

function checkKey({ secretKey }: Site, request: IncomingMessage): void {
  const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (given === secretKey) return;
  const message =
    given === undefined
      ? 'You did not provide an API key. You need to provide your API key in the Authorization header.'
      : `Invalid API Key provided: ${given.slice(0, 8)}****${given.slice(-4)}`;
  throw new StripeFault(401, { type: 'invalid_request_error', message }, false);
}

function unknownUrl({ method, path }: Call): StripeFault {
  const message = `Unrecognized request URL (${method}: ${path}). The sandbox does not know it.`;
  return new StripeFault(404, { type: 'invalid_request_error', message }, false);
}

function closed(response: ServerResponse): null {
  response.destroy();
  return null;
}

/** Until the client goes away, or the time is over. */
async function hang({ hostility }: Site, response: ServerResponse): Promise<null> {
  if (!response.destroyed) {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      response.once('close', resolve);
      timer = setTimeout(resolve, hostility.hangMs);
      timer.unref();
    });
    clearTimeout(timer);
  }
  return closed(response);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
