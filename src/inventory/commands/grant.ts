import { doneOf, refusalOf } from '../answer.ts';
import type { Inventory } from '../inventory.ts';
import { basketRecord, parseHold } from '../records.ts';
import { type Run, untilReclaimed } from '../run.ts';
import { defineScript } from '../script.ts';

export const grantScript = defineScript({
  name: 'grant',
  flags: '',
  args: ['hold', 'buyer', 'user', 'actor', 'reason', 'basket'],
  markers: 'one',
});

export function grant(run: Run): Inventory['grant'] {
  return async ({ event, hold, buyer, user, actor, reason, items }) => {
    const args = { hold, buyer, user, actor, reason: reason ?? '', basket: basketRecord(items) };
    const reply = await untilReclaimed(() => run(grantScript, event, args, { markers: [hold] }));
    const refusal = refusalOf(reply);
    if (refusal) return refusal;
    const done = doneOf(reply, 'held');
    return { ...done, now: Number(reply[3]), hold: parseHold(hold, String(reply[4])) };
  };
}
