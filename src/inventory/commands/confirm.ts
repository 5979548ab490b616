import { doneOf, refusalOf } from '../answer.ts';
import type { Inventory } from '../inventory.ts';
import { itemsRecord } from '../records.ts';
import { type Run, untilReclaimed } from '../run.ts';
import { defineScript } from '../script.ts';

export const confirmScript = defineScript({
  name: 'confirm',
  flags: 'allow-oom',
  args: ['hold', 'buyer', 'order', 'user', 'items'],
  markers: 'one',
});

export function confirm(run: Run): Inventory['confirm'] {
  return async ({ event, hold, buyer, order, items, user }) => {
    const args = { hold, buyer, order, user: user ?? '-', items: itemsRecord(items) };
    const reply = await untilReclaimed(() => run(confirmScript, event, args, { markers: [hold] }));
    const refusal = refusalOf(reply);
    if (refusal) return refusal;
    const done = doneOf(reply, 'sold', 'unfulfilled');
    return done.status === 'sold'
      ? { ...done, status: 'sold', late: reply[3] === 1 }
      : { ...done, status: 'unfulfilled' };
  };
}
