import { doneOf, refusalOf } from '../answer.ts';
import type { Inventory } from '../inventory.ts';
import { type Run, untilReclaimed } from '../run.ts';
import { defineScript } from '../script.ts';
import { operationArgs } from './operation.ts';

export const resizeScript = defineScript({
  name: 'resize',
  flags: '',
  args: ['op', 'actor', 'reason', 'line', 'capacity', 'drain'],
});

export function resize(run: Run): Inventory['resize'] {
  return async (cmd) => {
    const args = { ...operationArgs(cmd), line: cmd.line, capacity: cmd.capacity, drain: cmd.drain ? 1 : 0 };
    const reply = await untilReclaimed(() => run(resizeScript, cmd.event, args));
    const refusal = refusalOf(reply);
    if (refusal) return refusal;
    const target = reply[4] === '-' ? null : Number(reply[4]);
    return { ...doneOf(reply, 'resized'), capacity: Number(reply[3]), target };
  };
}
