/**
 * Loads the scripts of one epoch of one partition. This opens the partition, so only the rebuild calls it, as its last
 * step: a server or a command that met NOSCRIPT must never do so.
 */
import type { Redis } from 'ioredis';
import { auditScript } from './commands/audit.ts';
import { confirmScript } from './commands/confirm.ts';
import { extendScript } from './commands/extend.ts';
import { findScript } from './commands/find.ts';
import { freezeScript } from './commands/freeze.ts';
import { giveBackScript } from './commands/give-back.ts';
import { grantScript } from './commands/grant.ts';
import { openScript } from './commands/open.ts';
import { pinScript } from './commands/pin.ts';
import { reclaimScript } from './commands/reclaim.ts';
import { releaseScript } from './commands/release.ts';
import { repriceScript } from './commands/reprice.ts';
import { reserveScript } from './commands/reserve.ts';
import { resizeScript } from './commands/resize.ts';
import { retireScript } from './commands/retire.ts';
import { setSaleScript } from './commands/set-sale.ts';
import { snapshotScript } from './commands/snapshot.ts';
import { voidedScript } from './commands/voided.ts';
import { withholdScript } from './commands/withhold.ts';
import { redisFault } from './connection.ts';
import { probeScript } from './probe.ts';
import { type Script, scriptText, type TimeSource } from './script.ts';

export const allScripts: readonly Script[] = [
  openScript,
  reserveScript,
  grantScript,
  extendScript,
  pinScript,
  releaseScript,
  confirmScript,
  giveBackScript,
  resizeScript,
  repriceScript,
  withholdScript,
  setSaleScript,
  freezeScript,
  retireScript,
  reclaimScript,
  voidedScript,
  findScript,
  snapshotScript,
  auditScript,
  probeScript,
];

export async function loadScripts(
  redis: Redis,
  partition: number,
  epoch: number,
  time: TimeSource = 'redis',
): Promise<void> {
  const pipeline = redis.pipeline();
  for (const script of allScripts) pipeline.script('LOAD', scriptText(script, partition, epoch, time));
  for (const [error] of (await pipeline.exec()) ?? []) {
    if (error) throw redisFault(error);
  }
}
