import { doneOf, refusalOf } from '../answer.ts';
import type { Inventory } from '../inventory.ts';
import { parseSale, saleWords } from '../records.ts';
import type { Reply, Run } from '../run.ts';
import { defineScript } from '../script.ts';
import { operationArgs } from './operation.ts';

export const setSaleScript = defineScript({
  name: 'set-sale',
  flags: '',
  args: [
    'op',
    'actor',
    'reason',
    'state',
    'opensAt',
    'closesAt',
    'holdTtlMs',
    'buyerLimit',
    'extensionsMax',
    'extensionMs',
    'extensionWindowMs',
  ],
  each: ['tier', 'buyerLimit'],
});

export function setSale(run: Run): Inventory['setSale'] {
  return async (cmd) => {
    const [state, opensAt, closesAt, holdTtlMs, buyerLimit, extensionsMax, extensionMs, extensionWindowMs] =
      saleWords(cmd.sale) as [string, ...string[]];
    const reply: Reply = await run(
      setSaleScript,
      cmd.event,
      {
        ...operationArgs(cmd),
        state,
        opensAt: opensAt!,
        closesAt: closesAt!,
        holdTtlMs: holdTtlMs!,
        buyerLimit: buyerLimit!,
        extensionsMax: extensionsMax!,
        extensionMs: extensionMs!,
        extensionWindowMs: extensionWindowMs!,
      },
      { each: (cmd.limits ?? []).map(({ tier, buyerLimit: limit }) => ({ tier, buyerLimit: limit })) },
    );
    return refusalOf(reply) ?? { ...doneOf(reply, 'sale_set'), sale: parseSale(reply.slice(3) as string[]) };
  };
}
