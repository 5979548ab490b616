import { refusalOf } from '../answer.ts';
import type { Inventory } from '../inventory.ts';
import type { Run } from '../run.ts';
import { defineScript } from '../script.ts';

export const reclaimScript = defineScript({ name: 'reclaim', flags: 'allow-oom', args: [] });

export function reclaim(run: Run): Inventory['reclaim'] {
  return async ({ event }) => {
    const reply = await run(reclaimScript, event, {});
    return refusalOf(reply) ?? { status: 'reclaimed', expired: Number(reply[1]), more: reply[2] === 1 };
  };
}
