/** Requests that hold tickets. An intention has one key for all its attempts, so a lost answer never means two holds. */

const attemptsMax = 4;
const timeoutMs = 10_000;

/** A random UUID also where the page is not served over https. */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Resolves to `{ ok, status, body }`; `body` is the answer's JSON or the problem's. Goes on while the server says that the same
 * request may be sent again, and gets a session when there is none.
 */
async function send(method, path, json) {
  const headers = { 'idempotency-key': newKey() };
  if (json) headers['content-type'] = 'application/json';
  let last = {
    ok: false,
    status: 0,
    body: { title: 'The server cannot be reached. Nothing is known of your request.' },
  };
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    try {
      const reply = await fetch(path, {
        method,
        headers,
        credentials: 'same-origin',
        signal: AbortSignal.timeout(timeoutMs),
        ...(json && { body: JSON.stringify(json) }),
      });
      const isJson = /json/.test(reply.headers.get('content-type') ?? '');
      last = { ok: reply.ok, status: reply.status, body: isJson ? await reply.json() : {} };
      if (last.body.code === 'session_required') {
        await fetch('/v1/sessions', {
          method: 'POST',
          credentials: 'same-origin',
          signal: AbortSignal.timeout(timeoutMs),
        });
        continue;
      }
      if (reply.status !== 503 && last.body.code !== 'idempotency_key_running') return last;
    } catch {
      // Sent and unanswered, or not sent: the next attempt has the same key and finds out.
    }
    await new Promise((done) => setTimeout(done, 300 * attempt + Math.random() * 300));
  }
  return last;
}

export const hold = (event, tier, quantity) =>
  send('POST', `/v1/events/${event}/holds`, { items: [{ tierId: tier, quantity }] });
export const extend = (id) => send('POST', `/v1/holds/${id}/extend`);
export const release = (id) => send('DELETE', `/v1/holds/${id}`);

/** A hold, with how far the server's clock is ahead of this machine's. */
export async function look(id) {
  const before = Date.now();
  const found = await send('GET', `/v1/holds/${id}`);
  if (!found.ok) return found;
  return { ...found, aheadMs: Date.parse(found.body.serverNow) - (before + Date.now()) / 2 };
}
