/**
 * Errors as Stripe answers them. A handler throws one; the server turns it into a status and `{ error }`.
 * `kept`: the result is stored under the request's idempotency key. Stripe stores what began to execute, also when
 * it failed, and does not store what it refused for its parameters alone.
 */

export type ErrorBody = {
  type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';
  message: string;
  code?: string;
  decline_code?: string;
  param?: string;
  doc_url?: string;
  charge?: string;
  payment_intent?: unknown;
  payment_method?: unknown;
  payment_method_type?: string;
};

export class StripeFault extends Error {
  readonly status: number;
  readonly body: ErrorBody;
  readonly kept: boolean;

  constructor(status: number, body: ErrorBody, kept: boolean) {
    super(body.message);
    this.status = status;
    this.body = withDocs(body);
    this.kept = kept;
  }
}

/** A parameter is wrong: nothing began. */
export function invalid(message: string, param: string, code?: string): StripeFault {
  return new StripeFault(
    400,
    { type: 'invalid_request_error', message, param, ...(code ? { code } : {}) },
    false,
  );
}

/** The parameters are right, and the object is not in a state for it. */
export function refused(message: string, more: Partial<ErrorBody> = {}): StripeFault {
  return new StripeFault(400, { type: 'invalid_request_error', message, ...more }, true);
}

/** `noun` as Stripe writes it in this message, e.g. `payment_intent`. */
export function missing(noun: string, id: string, param: string): StripeFault {
  const body = {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${noun}: '${id}'`,
    param,
  } as const;
  return new StripeFault(404, body, false);
}

export function cardError(more: Partial<ErrorBody> & { message: string }): StripeFault {
  return new StripeFault(402, { type: 'card_error', ...more }, true);
}

function withDocs(body: ErrorBody): ErrorBody {
  if (body.code === undefined) return body;
  return { ...body, doc_url: `https://stripe.com/docs/error-codes/${body.code.replaceAll('_', '-')}` };
}
