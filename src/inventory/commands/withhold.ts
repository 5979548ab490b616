import { doneOf, refusalOf } from '../answer.ts';
import type { Inventory } from '../inventory.ts';
import { type Run, untilReclaimed } from '../run.ts';
import { defineScript } from '../script.ts';
import { operationArgs } from './operation.ts';

export const withholdScript = defineScript({
  name: 'withhold',
  flags: '',
  args: ['op', 'actor', 'reason', 'line', 'quantity'],
});

export function withhold(run: Run): Inventory['withhold'] {
  return async (cmd) => {
    const args = { ...operationArgs(cmd), line: cmd.line, quantity: cmd.quantity };
    const reply = await untilReclaimed(() => run(withholdScript, cmd.event, args));
    return refusalOf(reply) ?? doneOf(reply, 'withheld');
  };
}
