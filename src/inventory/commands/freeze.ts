import { doneOf, refusalOf } from '../answer.ts';
import type { Inventory } from '../inventory.ts';
import type { Run } from '../run.ts';
import { defineScript } from '../script.ts';
import { operationArgs } from './operation.ts';

export const freezeScript = defineScript({
  name: 'freeze',
  flags: 'allow-oom',
  args: ['op', 'actor', 'reason', 'frozen'],
});

export function freeze(run: Run): Inventory['freeze'] {
  return async (cmd) => {
    const reply = await run(freezeScript, cmd.event, { ...operationArgs(cmd), frozen: cmd.frozen ? 1 : 0 });
    return refusalOf(reply) ?? doneOf(reply, 'frozen', 'thawed');
  };
}
