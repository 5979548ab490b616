/** One signed POST of an event, with a limit of time. The answer's body is not read. */
import { Agent, type ClientRequest, request as httpRequest, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { urlToHttpOptions } from 'node:url';
import type { Endpoint, EventRecord } from '../core/world.ts';
import { signatureOf } from './sign.ts';

export type Answer = { status: number | null; error: string | null };

export class Poster {
  readonly #timeoutMs: number;
  readonly #plain = new Agent({ keepAlive: true });
  readonly #secure = new HttpsAgent({ keepAlive: true });
  readonly #open = new Set<ClientRequest>();
  readonly #addresses = new Map<string, RequestOptions>();

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  post(endpoint: Endpoint, event: EventRecord): Promise<Answer> {
    // Indented as Stripe does it, so that whoever checks a body that was parsed and written anew is found out.
    const body = JSON.stringify(event, null, 2);
    // By the machine's clock and not by the sandbox's, which tests move: the receiver compares it with its own.
    const seconds = Math.floor(Date.now() / 1000);
    const headers = {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': Buffer.byteLength(body),
      'User-Agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      'Stripe-Signature': signatureOf(body, endpoint.secret ?? '', seconds),
    };
    const secure = endpoint.url.startsWith('https:');
    const options = {
      ...this.#addressOf(endpoint.url),
      method: 'POST',
      headers,
      agent: secure ? this.#secure : this.#plain,
    };
    return new Promise((resolve) => {
      const request = (secure ? httpsRequest : httpRequest)(options);
      this.#open.add(request);
      const timer = setTimeout(() => request.destroy(new Error('timeout')), this.#timeoutMs);
      const end = (answer: Answer) => {
        clearTimeout(timer);
        this.#open.delete(request);
        resolve(answer);
      };
      request.once('response', (response) => {
        // The status decides; the rest is read away so that the connection can be used again.
        response.resume();
        response.once('close', () => end({ status: response.statusCode ?? null, error: null }));
      });
      request.once('error', (error) => end({ status: null, error: error.message }));
      request.end(body);
    });
  }

  #addressOf(url: string): RequestOptions {
    let address = this.#addresses.get(url);
    if (address === undefined) {
      address = urlToHttpOptions(new URL(url));
      this.#addresses.set(url, address);
    }
    return address;
  }

  stop(): void {
    for (const request of this.#open) request.destroy();
    this.#plain.destroy();
    this.#secure.destroy();
  }
}
