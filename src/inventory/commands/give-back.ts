import { doneOf, refusalOf } from '../answer.ts';
import type { Inventory } from '../inventory.ts';
import { itemsRecord } from '../records.ts';
import type { Run } from '../run.ts';
import { defineScript } from '../script.ts';
import { operationArgs } from './operation.ts';

export const giveBackScript = defineScript({
  name: 'give-back',
  flags: 'allow-oom',
  args: ['op', 'actor', 'reason', 'order', 'buyer', 'returnTo', 'items'],
});

export function giveBack(run: Run): Inventory['giveBack'] {
  return async (cmd) => {
    const { order, buyer, returnTo } = cmd;
    const args = { ...operationArgs(cmd), order, buyer, returnTo, items: itemsRecord(cmd.items) };
    const reply = await run(giveBackScript, cmd.event, args);
    return refusalOf(reply) ?? doneOf(reply, 'returned');
  };
}
