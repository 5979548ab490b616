import { doneOf, refusalOf } from '../answer.ts';
import type { Inventory } from '../inventory.ts';
import { type Run, untilReclaimed } from '../run.ts';
import { defineScript } from '../script.ts';
import { operationArgs } from './operation.ts';

export const retireScript = defineScript({
  name: 'retire',
  flags: 'allow-oom',
  args: ['op', 'actor', 'reason'],
});

export function retire(run: Run): Inventory['retire'] {
  return async (cmd) => {
    const reply = await untilReclaimed(() => run(retireScript, cmd.event, operationArgs(cmd)));
    return refusalOf(reply) ?? doneOf(reply, 'retired');
  };
}
