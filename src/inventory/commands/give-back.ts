import { doneOf, refusalOf } from '../answer.ts';
import type { Inventory } from '../inventory.ts';
import { itemsRecord, ticketsOf } from '../records.ts';
import type { Run } from '../run.ts';
import { defineScript } from '../script.ts';
import { operationArgs } from './operation.ts';

export const giveBackScript = defineScript({
  name: 'give-back',
  flags: 'allow-oom',
  args: ['op', 'actor', 'reason', 'order', 'buyer', 'returnTo', 'items', 'tickets'],
});

export function giveBack(run: Run): Inventory['giveBack'] {
  return async (cmd) => {
    const { order, buyer, returnTo } = cmd;
    const tickets = ticketsOf(cmd);
    if (tickets === undefined) return { status: 'input_invalid' };
    const items = itemsRecord(cmd.items);
    const args = { ...operationArgs(cmd), order, buyer, returnTo, items, tickets: tickets.join(',') };
    const reply = await run(giveBackScript, cmd.event, args);
    return refusalOf(reply) ?? doneOf(reply, 'returned');
  };
}
