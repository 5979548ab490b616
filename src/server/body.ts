/**
 * Reads a JSON body of at most 64 KB. The bytes are counted as they arrive, because a request without Content-Length may
 * send any number of them. Read straight from Node's request: it saves a web stream per request on the hot path.
 */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { repeatedKey } from '../platform/repeated-key.ts';
import type { Refused } from './problem.ts';

export const bodyBytesMax = 64 * 1024;

export type Body = { status: 'read'; value: unknown; bytes: Buffer } | Refused;

/** The one parameter that says nothing else than RFC 8259 does. */
const jsonType = /^application\/json[ \t]*(?:;[ \t]*charset="?utf-8"?[ \t]*)?;?$/i;

export async function readJson(incoming: IncomingMessage): Promise<Body> {
  const { headers } = incoming;
  if (!jsonType.test(headers['content-type'] ?? '')) return { status: 'media_type_unsupported' };
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    return { status: 'media_type_unsupported', detail: 'Send the body without Content-Encoding' };
  }
  if (Number(headers['content-length'] ?? 0) > bodyBytesMax) return { status: 'body_too_large' };
  const bytes = await collect(incoming, bodyBytesMax);
  if (bytes === 'too_large') return { status: 'body_too_large' };
  if (bytes === 'cut_off') return { status: 'body_not_json', detail: 'The body ended early' };
  // Lone surrogates and overlong forms would be replaced silently by a lenient decoder.
  if (!isUtf8(bytes)) return { status: 'body_not_json', detail: 'The body is not UTF-8' };
  const text = bytes.toString();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { status: 'body_not_json' };
  }
  const repeated = repeatedKey(text, value);
  if (!repeated) return { status: 'read', value, bytes };
  return { status: 'body_key_repeated', errors: [{ ...repeated, detail: 'stands twice in its object' }] };
}

export type RawBody = { status: 'read'; bytes: Buffer } | Refused;

/** The bytes as they came, for what is signed: nothing has looked into them. */
export async function readRaw(incoming: IncomingMessage, bytesMax: number): Promise<RawBody> {
  const tooLarge: Refused = { status: 'body_too_large', detail: `The body is larger than ${bytesMax} bytes` };
  if (Number(incoming.headers['content-length'] ?? 0) > bytesMax) return tooLarge;
  const bytes = await collect(incoming, bytesMax);
  if (bytes === 'too_large') return tooLarge;
  if (bytes === 'cut_off') return { status: 'body_not_json', detail: 'The body ended early' };
  return { status: 'read', bytes };
}

/** A form as browsers send it without script, by the same bounds. */
export async function readForm(
  incoming: IncomingMessage,
): Promise<{ status: 'read'; form: URLSearchParams } | Refused> {
  const type = (incoming.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') {
    return { status: 'media_type_unsupported', detail: 'Send the form as application/x-www-form-urlencoded' };
  }
  const bytes = await collect(incoming, bodyBytesMax);
  if (bytes === 'too_large') return { status: 'body_too_large' };
  if (bytes === 'cut_off') return { status: 'request_malformed' };
  return { status: 'read', form: new URLSearchParams(bytes.toString()) };
}

/** Listeners without names of their own and never taken off: both would cost on every request, and the request ends anyway. */
function collect(incoming: IncomingMessage, bytesMax: number): Promise<Buffer | 'too_large' | 'cut_off'> {
  return new Promise((resolve) => {
    if (incoming.destroyed) return resolve('cut_off');
    const chunks: Buffer[] = [];
    let total = 0;
    incoming.on('data', (chunk: Buffer) => {
      total += chunk.length;
      if (total <= bytesMax) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      resolve('too_large');
    });
    incoming.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    incoming.on('error', () => resolve('cut_off'));
    incoming.on('close', () => resolve('cut_off'));
  });
}
