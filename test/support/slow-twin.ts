/**
 * Two of a kind, to tell what it costs the others that one does not read: both ask a wide event for all that a socket may have, one
 * reads it, the other never does.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { ask, openEvent } from '../chaos/api.ts';
import { eventually } from './holdfast.ts';
import { openSocket } from './live.ts';

export type Twin = {
  /** Changes the wide event, so that it is told anew, until `isOver`. */
  keepChanging(isOver: () => boolean): Promise<void>;
  /** Waits until the one that does not read has filled every buffer between the server and itself. */
  settled(): Promise<void>;
  /** The one that does not read is waited for until the server has cut it; the other leaves. Answers the close code. */
  ended(): Promise<number>;
};

const tiers = 100;
/** Three bytes each; as many as a request to make the event has room for. */
const name = '\u4e2d'.repeat(150);
/** As many as fit beside the hello into what a socket may send at once. */
const snapshots = 28;

export async function slowTwin(
  address: string,
  adminKey: string,
  { reads }: { reads: boolean },
): Promise<Twin> {
  const event = await openEvent(address, adminKey, {
    name: 'Wide',
    tiers: Array.from({ length: tiers }, () => ({ name, price: 100, capacity: 10 })),
  });
  const twin = await openSocket(address);
  await twin.ask({ hello: { client: 'twin' } });
  const ch = `event:${event.id}`;
  await twin.subscribe(ch);
  const heldBack = 'holdfast_ws_slow_consumers_total';
  const cut = 'holdfast_ws_messages_sent_total{kind="disconnect"}';
  const before = { heldBack: await metric(address, heldBack), cut: await metric(address, cut) };
  if (!reads) twin.ws.pause();
  for (let number = 0; number < snapshots; number++) {
    twin.send({ id: 100 + number, unsub: { ch } });
    twin.send({ id: 200 + number, sub: { ch } });
  }
  return {
    async keepChanging(isOver) {
      for (let number = 0; !isOver(); number++) {
        const path = `/v1/admin/events/${event.id}/${number % 2 === 0 ? 'pause' : 'resume'}`;
        const { status } = await ask('POST', address, path, {
          token: adminKey,
          key: randomUUID(),
          timeoutMs: 10_000,
        });
        if (status !== 200) throw new Error(`${path} was answered ${status}`);
        await pause(250);
      }
    },
    async settled() {
      if (reads) await pause(1_000);
      else {
        const isHeldBack = async () => (await metric(address, heldBack)) > before.heldBack;
        await eventually('the server keeps values back from it', isHeldBack, 60_000);
      }
    },
    async ended() {
      if (reads) {
        twin.ws.close(1_000);
        return (await twin.closed()).code;
      }
      await eventually('the server cuts it', async () => (await metric(address, cut)) > before.cut, 60_000);
      // Only behind what it has not read is the reason.
      twin.ws.resume();
      return (await twin.closed()).code;
    },
  };
}

/** Of a series, as it is exported. */
async function metric(address: string, series: string): Promise<number> {
  const text = await (await fetch(`${address}/metrics`)).text();
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1));
}

/** `share`: 0.99 is the 99th percentile. */
export function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const medianOf = (values: number[]) => percentile(values, 0.5);
