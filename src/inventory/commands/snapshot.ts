import type { LineId } from '../../domain/ids.ts';
import { refusalOf } from '../answer.ts';
import type { Inventory, LineView, Snapshot } from '../inventory.ts';
import { parseLine, parseSale } from '../records.ts';
import { type Reply, type Run, untilReclaimed } from '../run.ts';
import { defineScript } from '../script.ts';

export const snapshotScript = defineScript({ name: 'snapshot', flags: 'allow-oom', args: [] });

/** What snapshot and audit answer alike; `firstLine` is where the lines begin in the reply. */
export function snapshotOf(reply: Reply, firstLine: number): Snapshot {
  const lines: LineView[] = [];
  for (let at = firstLine; at < reply.length; at += 2) {
    lines.push(parseLine(reply[at] as LineId, String(reply[at + 1])));
  }
  lines.sort((one, other) => (one.line < other.line ? -1 : 1));
  return {
    epoch: Number(reply[7]),
    version: Number(reply[3]),
    now: Number(reply[1]),
    frozen: reply[4] === '1',
    sale: parseSale(String(reply[5]).split(' ')),
    lines,
  };
}

export function snapshot(run: Run): Inventory['snapshot'] {
  return async ({ event }) => {
    // More may be due than one call reclaims: what is shown is what remains when nothing is.
    const reply = await untilReclaimed(async () => {
      const answer = await run(snapshotScript, event, {});
      return answer[2] === 1 ? ['reclaim_pending'] : answer;
    });
    return refusalOf(reply) ?? { status: 'snapshot', ...snapshotOf(reply, 8) };
  };
}
