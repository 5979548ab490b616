import { doneOf, refusalOf } from '../answer.ts';
import type { Inventory, LineView } from '../inventory.ts';
import { lineRecord, saleWords } from '../records.ts';
import type { Run } from '../run.ts';
import { defineScript } from '../script.ts';

export const openScript = defineScript({
  name: 'open',
  flags: '',
  args: ['op', 'actor', 'reason', 'sale', 'linesJson'],
  each: ['id', 'record'],
});

export function open(run: Run): Inventory['open'] {
  return async ({ event, op, actor, reason, lines, sale }) => {
    // Pools first: a tier's pool must be there when the tier is.
    const ordered = [...lines].sort(
      (one, other) => Number(other.kind === 'pool') - Number(one.kind === 'pool'),
    );
    const fresh = { held: 0, sold: 0, withheld: 0, spokenFor: 0, priceVersion: 1, target: null };
    const reply = await run(
      openScript,
      event,
      {
        op,
        actor: actor ?? '',
        reason: reason ?? '',
        sale: saleWords(sale).join(' '),
        linesJson: JSON.stringify(ordered),
      },
      {
        each: ordered.map((line) => {
          const view: LineView = { ...fresh, ...line };
          return { id: line.line, record: lineRecord(view) };
        }),
      },
    );
    return refusalOf(reply) ?? doneOf(reply, 'opened');
  };
}
