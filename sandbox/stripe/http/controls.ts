/** `/_sandbox/*`: the controls of `control.ts` for tests in other processes, as JSON. For this machine only: no key is asked. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Control } from '../control.ts';
import { invalid, StripeFault } from '../core/errors.ts';
import type { Ledger } from '../ledger.ts';
import { parseForm } from './form.ts';
import { Params } from './params.ts';

export type Controlled = { control: Control; ledger: () => Ledger };

type Act = (site: Controlled, params: Params) => unknown;

const done = { done: true };

const acts: Record<string, Act> = {
  'GET /_sandbox/ledger': ({ ledger }) => ledger(),
  'GET /_sandbox/counts': ({ control }) => ({ ...control.counts(), delivered: control.delivered() }),
  'POST /_sandbox/pay': ({ control }, params) => {
    params.only(['authenticate', 'email', 'id', 'method']);
    const method = params.text('method');
    const email = params.text('email');
    const answer = params.flag('authenticate');
    return control.pay(params.needText('id'), {
      ...(method === undefined ? {} : { method }),
      ...(email === undefined ? {} : { email }),
      ...(answer === undefined ? {} : { authenticate: answer }),
    });
  },
  'POST /_sandbox/advance': ({ control }, params) => {
    control.advance(params.only(['ms']).needInteger('ms'));
    return { now: control.now() };
  },
  'POST /_sandbox/calm': ({ control }) => {
    control.calm();
    return done;
  },
  'POST /_sandbox/dispute': ({ control }, params) => {
    params.only(['amount', 'id', 'reason']);
    const reason = params.text('reason');
    const amount = params.integer('amount');
    return control.dispute(params.needText('id'), {
      ...(reason === undefined ? {} : { reason }),
      ...(amount === undefined ? {} : { amount }),
    });
  },
  'POST /_sandbox/close-dispute': ({ control }, params) => {
    const ends = params.only(['ends', 'id']).oneOf('ends', ['won', 'lost']) ?? 'lost';
    return control.closeDispute(params.needText('id'), ends);
  },
  'POST /_sandbox/fail-refund': ({ control }, params) =>
    control.failRefund(params.only(['id', 'reason']).needText('id'), params.text('reason')),
  'POST /_sandbox/resend': ({ control }, params) => {
    control.resend(params.only(['id']).needText('id'));
    return done;
  },
  'POST /_sandbox/endpoints': ({ control }, params) => {
    const events = params.only(['events', 'url']).texts('events');
    return control.addEndpoint({ url: params.needText('url'), ...(events.length > 0 ? { events } : {}) });
  },
};

export function answerControl(
  site: Controlled,
  request: IncomingMessage,
  response: ServerResponse,
  { path, body }: { path: string; body: string },
): void {
  const send = (status: number, answer: unknown) => {
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(answer));
  };
  const act = acts[`${request.method} ${path}`];
  if (act === undefined) {
    send(404, {
      error: { message: `Unknown: ${request.method} ${path}. Known: ${Object.keys(acts).join(', ')}` },
    });
    return;
  }
  try {
    send(200, act(site, readParams(request, body)));
  } catch (error) {
    if (!(error instanceof StripeFault)) throw error;
    send(error.status, { error: error.body });
  }
}

/** JSON or a form, whichever the caller has at hand. */
function readParams(request: IncomingMessage, body: string): Params {
  if (!(request.headers['content-type'] ?? '').includes('json')) return new Params(parseForm(body));
  try {
    const given: unknown = JSON.parse(body === '' ? '{}' : body);
    if (typeof given !== 'object' || given === null) throw new Error('not an object');
    const pairs = Object.entries(given).flatMap(([name, value]): [string, string][] =>
      Array.isArray(value)
        ? value.map((each, at) => [`${name}[${at}]`, String(each)])
        : [[name, String(value)]],
    );
    return new Params(parseForm(new URLSearchParams(pairs).toString()));
  } catch {
    throw invalid('The body is no JSON object.', 'body');
  }
}
