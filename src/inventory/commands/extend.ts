import { doneOf, refusalOf } from '../answer.ts';
import { type Inventory, outageCoverMs, outageMaxMs } from '../inventory.ts';
import { parseHold } from '../records.ts';
import type { Run } from '../run.ts';
import { defineScript } from '../script.ts';

export const extendScript = defineScript({
  name: 'extend',
  flags: '',
  args: ['op', 'hold', 'buyer', 'cover', 'cover_max'],
  markers: 'one',
});

export function extend(run: Run): Inventory['extend'] {
  return async ({ event, op, hold, buyer, outage }) => {
    const cover = outage ? outageCoverMs : 0;
    const args = { op, hold, buyer, cover, cover_max: outageMaxMs };
    const reply = await run(extendScript, event, args, { markers: [hold] });
    const refusal = refusalOf(reply);
    if (refusal) return refusal;
    return { ...doneOf(reply, 'extended'), now: Number(reply[3]), hold: parseHold(hold, String(reply[4])) };
  };
}
