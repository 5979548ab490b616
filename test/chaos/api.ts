/** The HTTP interface as a client knows it: addresses, headers and JSON, nothing of the server's code. */
import { createHmac, randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';

/** `status` 0: no answer came (refused, cut off, too late). */
export type Reply = { status: number; body: unknown; ms: number };

export type Ask = { token?: string; key?: string; body?: unknown; timeoutMs?: number };

const agent = new Agent({ keepAlive: true, maxSockets: 256 });

export function ask(method: string, address: string, path: string, options: Ask = {}): Promise<Reply> {
  const startedAt = performance.now();
  const text = options.body === undefined ? undefined : JSON.stringify(options.body);
  return new Promise((resolve) => {
    const done = (status: number, body: unknown) =>
      resolve({ status, body, ms: performance.now() - startedAt });
    const sent = request(
      address + path,
      {
        method,
        agent,
        headers: {
          ...(text === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
          ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
          ...(options.key === undefined ? {} : { 'idempotency-key': options.key }),
        },
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () => done(response.statusCode ?? 0, parsed(body)));
        response.on('error', () => done(0, undefined));
      },
    );
    sent.setTimeout(options.timeoutMs ?? 5_000, () => sent.destroy(new Error('too late')));
    sent.on('error', () => done(0, undefined));
    sent.end(text);
  });
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A person's token, as the server signs it: thousands of buyers need no request each. */
export function tokenFor(sessionKey: string, user: string = randomUUID()): string {
  const payload = `ses_${user}.${Math.floor(Date.now() / 1_000) + 86_400}`;
  const mac = createHmac('sha256', sessionKey).update(`holdfast session ${payload}`).digest('base64url');
  return `${payload}.${mac}`;
}

export type Tier = { id: string; name: string; capacity: number };
export type OpenEvent = { id: string; tiers: Tier[] };

/** Creates an event and puts it on sale. */
export async function openEvent(
  address: string,
  adminKey: string,
  event: Record<string, unknown>,
): Promise<OpenEvent> {
  const body = { name: 'Event', startsAt: '2099-01-01T20:00:00Z', currency: 'EUR', ...event };
  const created = await ask('POST', address, '/v1/admin/events', {
    token: adminKey,
    key: randomUUID(),
    body,
  });
  if (created.status !== 201)
    throw new Error(`no event was made: ${created.status} ${JSON.stringify(created.body)}`);
  const { id, tiers } = created.body as OpenEvent;
  const published = await ask('POST', address, `/v1/admin/events/${id}/publish`, {
    token: adminKey,
    key: randomUUID(),
    timeoutMs: 10_000,
  });
  if (published.status !== 200) {
    throw new Error(`the event is not on sale: ${published.status} ${JSON.stringify(published.body)}`);
  }
  return { id, tiers };
}

export type AuditLine = {
  lineId: string;
  redis: { capacity: number; held: number; sold: number; available: number };
};
export type Audit = {
  epoch: number;
  liveHolds: number;
  ghostUnits: number;
  driftUnits: number;
  frozen: boolean;
  lines: AuditLine[];
};

/** Undefined while it cannot be answered. */
export async function auditOf(address: string, adminKey: string, event: string): Promise<Audit | undefined> {
  const { status, body } = await ask('GET', address, `/v1/admin/events/${event}/audit`, { token: adminKey });
  return status === 200 ? (body as Audit) : undefined;
}
