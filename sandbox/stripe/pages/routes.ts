/**
 * /pay/<session>               the form; POST pays with the chosen method
 * /pay/authenticate/<intent>   the question of 3-D Secure; POST answers it
 * /pay/intent/<intent>         the form for an intent alone; `client_secret` and `return_url` in the query
 */
import type { ServerResponse } from 'node:http';
import { StripeFault } from '../core/errors.ts';
import { type Intent, idOf, type Method, type Session, type World } from '../core/world.ts';
import { parseForm } from '../http/form.ts';
import { Params } from '../http/params.ts';
import { findConduct, makeMethod } from '../intents/methods.ts';
import { authenticate, payIntent } from '../intents/pay.ts';
import { landingOf, paySession } from '../sessions/pay.ts';
import { html } from './html.ts';
import { sendOn, sendPage } from './layout.ts';
import { authenticationForm, endedNote, intentForm, sessionForm } from './payment.ts';

type Visit = { method: string; path: string; query: string; body: string };

export function answerPage(
  site: { world: World; saved: () => void },
  response: ServerResponse,
  visit: Visit,
): void {
  const { world } = site;
  world.agenda.runDue();
  const [, kind = '', id = ''] = /^\/pay\/(?:(authenticate|intent)\/)?(\w{1,255})$/.exec(visit.path) ?? [];
  const posted = visit.method === 'POST' ? new Params(parseForm(visit.body)) : null;
  try {
    if (kind === '') ofSession(world, response, world.sessions.get(id), posted);
    else if (kind === 'authenticate') ofAuthentication(world, response, world.intents.get(id), posted);
    else ofIntent(world, response, world.intents.get(id), posted, visit);
  } catch (error) {
    if (!(error instanceof StripeFault)) throw error;
    sendPage(response, error.status, 'This cannot be done', html`<p role="alert">${error.message}</p>`);
  } finally {
    site.saved();
  }
}

function ofSession(
  world: World,
  response: ServerResponse,
  session: Session | undefined,
  posted: Params | null,
): void {
  if (session === undefined) {
    notFound(response);
    return;
  }
  if (session.status !== 'open') {
    sendPage(response, 200, 'Payment', endedNote(session, landingOf(session)));
    return;
  }
  const problem =
    posted === null ? null : attempt(() => paySession(world, session, ...chosen(world, posted)));
  if (posted === null || problem !== null) {
    sendPage(response, problem === null ? 200 : 402, 'Payment', sessionForm(world, session, problem));
    return;
  }
  const intent = world.intents.get(idOf(session.payment_intent) ?? '');
  sendOn(response, nextOf(intent) ?? landingOf(session) ?? `/pay/${session.id}`);
}

function ofAuthentication(
  world: World,
  response: ServerResponse,
  intent: Intent | undefined,
  posted: Params | null,
): void {
  if (intent === undefined) {
    notFound(response);
    return;
  }
  const returnUrl = intent.next_action?.redirect_to_url?.return_url ?? null;
  if (posted === null && intent.status === 'requires_action') {
    sendPage(response, 200, 'Your bank asks', authenticationForm(intent));
    return;
  }
  if (posted !== null) attempt(() => authenticate(world, intent, posted.text('answer') === 'pass'));
  const session = world.sessions.of('payment_intent', intent.id)[0];
  if (session === undefined) goBack(response, intent, returnUrl);
  else if (session.status === 'complete') sendOn(response, landingOf(session) ?? `/pay/${session.id}`);
  else
    sendPage(
      response,
      402,
      'Payment',
      sessionForm(world, session, intent.last_payment_error?.message ?? null),
    );
}

function ofIntent(
  world: World,
  response: ServerResponse,
  intent: Intent | undefined,
  posted: Params | null,
  visit: Visit,
): void {
  const asked = new Params(parseForm(visit.query));
  if (intent === undefined || asked.text('client_secret') !== intent.client_secret) {
    notFound(response);
    return;
  }
  const given = asked.text('return_url');
  const returnUrl = given !== undefined && /^https?:\/\//.test(given) && URL.canParse(given) ? given : null;
  const again = `/pay/intent/${intent.id}?${visit.query}`;
  if (!['requires_payment_method', 'requires_confirmation'].includes(intent.status)) {
    goBack(response, intent, returnUrl);
    return;
  }
  const problem =
    posted === null
      ? null
      : attempt(() => payIntent(world, intent, needed(chosen(world, posted)[0]), returnUrl));
  if (posted === null || problem !== null) {
    sendPage(
      response,
      problem === null ? 200 : 402,
      'Payment',
      intentForm(intent, {
        action: again,
        back: returnUrl,
        problem: problem ?? intent.last_payment_error?.message ?? null,
      }),
    );
  } else goBack(response, intent, returnUrl);
}

/** What is wrong with the payment, in words for the buyer. */
function attempt(act: () => void): string | null {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof StripeFault) return error.message;
    throw error;
  }
}

function chosen(world: World, posted: Params): [Method | null, string | null] {
  const email = posted.text('email') ?? null;
  const name = posted.text('number') ?? posted.text('method');
  if (name === undefined) return [null, email];
  const conduct = findConduct(name);
  if (conduct === undefined) {
    throw new StripeFault(
      402,
      { type: 'card_error', code: 'incorrect_number', message: 'Your card number is incorrect.' },
      false,
    );
  }
  return [makeMethod(world, conduct, email), email];
}

function needed(method: Method | null): Method {
  if (method !== null) return method;
  throw new StripeFault(402, { type: 'card_error', message: 'Choose how to pay.' }, false);
}

/** Where the bank asks, when it does. */
function nextOf(intent: Intent | undefined): string | null {
  return intent?.status === 'requires_action' ? (intent.next_action?.redirect_to_url?.url ?? null) : null;
}

/** On to the bank's question, or back to the shop as Stripe sends people there after a redirect. */
function goBack(response: ServerResponse, intent: Intent, returnUrl: string | null): void {
  const next = nextOf(intent);
  if (next !== null) sendOn(response, next);
  else if (returnUrl === null)
    sendPage(response, 200, 'Payment', html`<p>This payment is ${intent.status}.</p>`);
  else {
    const url = new URL(returnUrl);
    url.searchParams.set('payment_intent', intent.id);
    url.searchParams.set('payment_intent_client_secret', intent.client_secret ?? '');
    const failed = intent.status === 'requires_payment_method' || intent.status === 'canceled';
    url.searchParams.set('redirect_status', failed ? 'failed' : 'succeeded');
    sendOn(response, url.href);
  }
}

function notFound(response: ServerResponse): void {
  sendPage(response, 404, 'Not found', html`<p>There is no such payment.</p>`);
}
