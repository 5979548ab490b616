import type { LineId } from '../../domain/ids.ts';
import { refusalOf } from '../answer.ts';
import type { Inventory } from '../inventory.ts';
import type { Run } from '../run.ts';
import { defineScript } from '../script.ts';
import { snapshotOf } from './snapshot.ts';

export const auditScript = defineScript({ name: 'audit', flags: 'no-writes', args: [] });

export function audit(run: Run): Inventory['audit'] {
  return async ({ event }) => {
    const reply = await run(auditScript, event, {});
    const refusal = refusalOf(reply);
    if (refusal) return refusal;
    const ghosts = String(reply[8])
      .split(' ')
      .filter((word) => word !== '')
      .map((word) => {
        const [line, quantity] = word.split(':');
        return { line: line as LineId, quantity: Number(quantity) };
      })
      .sort((one, other) => (one.line < other.line ? -1 : 1));
    return { status: 'audit', ...snapshotOf(reply, 9), liveHolds: Number(reply[6]), ghosts };
  };
}
