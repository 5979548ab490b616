import { doneOf, refusalOf } from '../answer.ts';
import type { Inventory } from '../inventory.ts';
import type { Run } from '../run.ts';
import { defineScript } from '../script.ts';
import { operationArgs } from './operation.ts';

export const repriceScript = defineScript({
  name: 'reprice',
  flags: '',
  args: ['op', 'actor', 'reason', 'tier', 'price'],
});

export function reprice(run: Run): Inventory['reprice'] {
  return async (cmd) => {
    const reply = await run(repriceScript, cmd.event, {
      ...operationArgs(cmd),
      tier: cmd.tier,
      price: cmd.price,
    });
    return refusalOf(reply) ?? { ...doneOf(reply, 'repriced'), priceVersion: Number(reply[3]) };
  };
}
