/**
 * Loads the scripts of one epoch of one partition. This opens the partition, so only the rebuild calls it, as its last
 * step: a server or a command that met NOSCRIPT must never do so. With them goes a mark that names the whole set: scripts of
 * another version have other SHAs, so a partition that it opened answers NOSCRIPT to what is new or changed.
 */
import { hash } from 'node:crypto';
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
import { type Script, scriptSha, scriptText, type TimeSource } from './script.ts';

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
  scripts = allScripts,
): Promise<void> {
  const pipeline = redis.pipeline();
  for (const script of scripts) pipeline.script('LOAD', scriptText(script, partition, epoch, time));
  pipeline.script('LOAD', markText(partition, epoch, fingerprint(time, scripts)));
  for (const [error] of (await pipeline.exec()) ?? []) {
    if (error) throw redisFault(error);
  }
}

/** Nobody runs it: that it is there says that every script of the set is, and that they are these. */
function markText(partition: number, epoch: number, set: string): string {
  return `#!lua flags=no-writes\nreturn '${partition} ${epoch} ${set}'`;
}

function fingerprint(time: TimeSource, scripts: readonly Script[]): string {
  return hash('sha1', scripts.map((script) => scriptText(script, 0, 0, time)).join('\n'), 'hex');
}

/**
 * Of each partition, whether it was opened with the scripts of this very version. Only of those that are open: where the scripts
 * are gone altogether it is false too.
 */
export async function haveOurScripts(
  redis: Redis,
  targets: { partition: number; epoch: number }[],
  time: TimeSource = 'redis',
): Promise<boolean[]> {
  if (targets.length === 0) return [];
  const set = fingerprint(time, allScripts);
  const marks = targets.map(({ partition, epoch }) => scriptSha(markText(partition, epoch, set)));
  try {
    const found = (await redis.script('EXISTS', ...marks)) as number[];
    return found.map((there) => there === 1);
  } catch (error) {
    throw redisFault(error);
  }
}
