/** Webhooks, believed only after their signature was checked on the very bytes that came. */
import { isUtf8 } from 'node:buffer';
import Stripe from 'stripe';
import { z } from 'zod';
import type { Payments } from '../payments.ts';
import { readEvent } from './read-event.ts';

/** Signed at most this long before it came; a clock that is ahead is given as much. */
const toleranceSeconds = 300;

/** What is read of an event whatever its type. */
const shape = z.object({
  id: z.string().min(1).max(255),
  object: z.literal('event'),
  type: z.string().min(1).max(255),
  created: z.number().int().nonnegative(),
  livemode: z.boolean(),
  data: z.object({ object: z.object({}) }),
});

export function createReadWebhook(stripe: Stripe, secrets: readonly string[]): Payments['readWebhook'] {
  const { signature: signatures } = stripe.webhooks;
  if (signatures === null) throw new Error('this build of the SDK cannot check signatures');
  const signed = (body: Buffer, signature: string, receivedAt: number): boolean =>
    secrets.some((secret) => {
      try {
        return signatures.verifyHeader(body, signature, secret, toleranceSeconds, undefined, receivedAt);
      } catch (error) {
        if (error instanceof Stripe.errors.StripeSignatureVerificationError) return false;
        throw error;
      }
    });

  return (body, signature, receivedAt) => {
    const invalid = { status: 'webhook_signature_invalid' } as const;
    if (signature === undefined || !sameWhenDecoded(body) || fromTheFuture(signature, receivedAt))
      return invalid;
    if (!signed(body, signature, receivedAt)) return invalid;
    let value: unknown;
    try {
      value = JSON.parse(body.toString());
    } catch {
      return { status: 'body_not_json' };
    }
    if (!shape.safeParse(value).success) return { status: 'body_not_json' };
    return { status: 'event', event: readEvent(value as Stripe.Event) };
  };
}

/** The SDK signs decoded text: bytes that a decoder would mend or drop are not the bytes that were signed. */
function sameWhenDecoded(body: Buffer): boolean {
  const mark = body.length >= 3 && body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
  return body.length > 0 && isUtf8(body) && !mark;
}

/** The SDK asks only how old a signature is. */
function fromTheFuture(signature: string, receivedAt: number): boolean {
  const times = [...signature.matchAll(/(?:^|,)t=(\d{1,15})(?=,|$)/g)].map(([, time]) => Number(time));
  return times.length !== 1 || times[0]! - receivedAt / 1_000 > toleranceSeconds;
}
