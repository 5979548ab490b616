import { refusalOf } from '../answer.ts';
import type { Inventory } from '../inventory.ts';
import { parseHold } from '../records.ts';
import type { Run } from '../run.ts';
import { defineScript } from '../script.ts';

export const findScript = defineScript({ name: 'find', flags: 'allow-oom', args: ['hold', 'buyer'] });

export function find(run: Run): Inventory['find'] {
  return async ({ event, hold, buyer }) => {
    const reply = await run(findScript, event, { hold, buyer: buyer ?? '-' });
    const refusal = refusalOf(reply);
    if (refusal) return refusal;
    return { status: 'found', now: Number(reply[1]), hold: parseHold(hold, String(reply[2])) };
  };
}
