/** The inventory on Redis: each command is a Lua script of its own, run whole or not at all. */
import { audit } from './commands/audit.ts';
import { confirm } from './commands/confirm.ts';
import { extend } from './commands/extend.ts';
import { find } from './commands/find.ts';
import { freeze } from './commands/freeze.ts';
import { giveBack } from './commands/give-back.ts';
import { grant } from './commands/grant.ts';
import { open } from './commands/open.ts';
import { pin } from './commands/pin.ts';
import { reclaim } from './commands/reclaim.ts';
import { release } from './commands/release.ts';
import { reprice } from './commands/reprice.ts';
import { reserve } from './commands/reserve.ts';
import { resize } from './commands/resize.ts';
import { retire } from './commands/retire.ts';
import { setSale } from './commands/set-sale.ts';
import { snapshot } from './commands/snapshot.ts';
import { voided } from './commands/voided.ts';
import { withhold } from './commands/withhold.ts';
import type { Inventory } from './inventory.ts';
import { createRun, type RunOptions } from './run.ts';

export function createRedisInventory(options: RunOptions): Inventory {
  const run = createRun(options);
  return {
    open: open(run),
    reserve: reserve(run),
    grant: grant(run),
    extend: extend(run),
    pin: pin(run),
    release: release(run),
    confirm: confirm(run),
    giveBack: giveBack(run),
    resize: resize(run),
    reprice: reprice(run),
    withhold: withhold(run),
    setSale: setSale(run),
    freeze: freeze(run),
    retire: retire(run),
    reclaim: reclaim(run),
    voided: voided(run),
    find: find(run),
    snapshot: snapshot(run),
    audit: audit(run),
  };
}
