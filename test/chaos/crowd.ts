/**
 * One process of a crowd: sends its share of reserves, each by a buyer of its own, as fast as the servers answer, and writes
 * what happened for the checker. `node --import tsx test/chaos/crowd.ts '<CrowdOrder as JSON>'` prints a CrowdResult.
 */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { OpsLog } from '../checker/log.ts';
import { ask, tokenFor } from './api.ts';

export type CrowdOrder = {
  name: string;
  dir: string;
  servers: string[];
  sessionKey: string;
  event: string;
  tier: string;
  attempts: number;
  /** Requests under way at once. */
  concurrency: number;
};
/** `units` that were answered 201; `statuses`: how many answers of each, by status and problem code. */
export type CrowdResult = { units: number; statuses: Record<string, number> };

/** A server that says 503 is asked again, with the same key. */
const triesMax = 60;

export async function runCrowd(order: CrowdOrder): Promise<CrowdResult> {
  const log = new OpsLog(order.dir, order.name);
  const result: CrowdResult = { units: 0, statuses: {} };
  let next = 0;

  const attempt = async (index: number): Promise<void> => {
    const key = randomUUID();
    const token = tokenFor(order.sessionKey);
    const items = [{ tierId: order.tier, quantity: 1 }];
    for (let tries = 0; tries < triesMax; tries++) {
      const op = { kind: 'reserve', event: order.event, key, buyer: `${order.name}/${index}` } as const;
      const id = log.invoke({ ...op, items: [{ tier: order.tier, quantity: 1 }] });
      const server = order.servers[(index + tries) % order.servers.length] ?? '';
      const { status, body } = await ask('POST', server, `/v1/events/${order.event}/holds`, {
        token,
        key,
        body: { items },
        timeoutMs: 30_000,
      });
      const said = body as { id?: string; code?: string } | undefined;
      log.answer(id, { status, body, ...(said?.id === undefined ? {} : { hold: said.id }) });
      const name = status === 201 ? '201' : `${status} ${said?.code ?? ''}`.trim();
      result.statuses[name] = (result.statuses[name] ?? 0) + 1;
      if (status === 201) result.units += 1;
      if (status !== 0 && status !== 503 && status !== 429) return;
    }
  };
  const lane = async () => {
    while (next < order.attempts) await attempt(next++);
  };
  await Promise.all(Array.from({ length: order.concurrency }, lane));
  log.close();
  return result;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const result = await runCrowd(JSON.parse(process.argv[2] ?? '{}') as CrowdOrder);
  process.stdout.write(JSON.stringify(result));
  process.exit(0);
}
