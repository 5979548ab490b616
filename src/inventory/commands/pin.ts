import { doneOf, refusalOf } from '../answer.ts';
import type { Inventory } from '../inventory.ts';
import { parseHold } from '../records.ts';
import type { Run } from '../run.ts';
import { defineScript } from '../script.ts';

export const pinScript = defineScript({
  name: 'pin',
  flags: '',
  args: ['hold', 'buyer', 'order', 'deadline'],
  markers: 'one',
});

export function pin(run: Run): Inventory['pin'] {
  return async ({ event, hold, buyer, order, deadline }) => {
    const reply = await run(pinScript, event, { hold, buyer, order, deadline }, { markers: [hold] });
    return refusalOf(reply) ?? { ...doneOf(reply, 'pinned'), hold: parseHold(hold, String(reply[3])) };
  };
}
