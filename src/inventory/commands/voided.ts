import { refusalOf } from '../answer.ts';
import { type Inventory, voidedMax } from '../inventory.ts';
import type { Run } from '../run.ts';
import { defineScript } from '../script.ts';

export const voidedScript = defineScript({ name: 'voided', flags: 'no-writes', args: [], each: ['id'] });

export function voided(run: Run): Inventory['voided'] {
  return async ({ event, tickets }) => {
    if (tickets.length > voidedMax) return { status: 'input_invalid' };
    const reply = await run(voidedScript, event, {}, { each: tickets.map((id) => ({ id })) });
    const refusal = refusalOf(reply);
    if (refusal) return refusal;
    const [, version, ...flags] = reply;
    return {
      status: 'voided',
      version: Number(version),
      tickets: tickets.filter((_, index) => Number(flags[index]) === 1),
    };
  };
}
