import { doneOf, refusalOf } from '../answer.ts';
import type { Inventory } from '../inventory.ts';
import type { Run } from '../run.ts';
import { defineScript } from '../script.ts';

export const releaseScript = defineScript({
  name: 'release',
  flags: 'allow-oom',
  args: ['hold', 'buyer', 'order', 'actor', 'reason'],
  markers: 'one',
});

export function release(run: Run): Inventory['release'] {
  return async ({ event, hold, buyer, order, actor, reason }) => {
    const args = { hold, buyer: buyer ?? '-', order: order ?? '-', actor: actor ?? '', reason: reason ?? '' };
    const reply = await run(releaseScript, event, args, { markers: [hold] });
    return refusalOf(reply) ?? doneOf(reply, 'released');
  };
}
