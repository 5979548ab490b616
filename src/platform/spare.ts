/** Time to spare: what can wait lets go first whatever this process has to do for people who wait for it. */
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

/** Of a processor. */
const busyShare = 0.4;
const lookMs = 20;

/** Resolves when the event loop was idle for a part of the last moment, or after `boundMs`: put off is not called off. */
export async function spareTime(boundMs: number): Promise<void> {
  const end = performance.now() + boundMs;
  let share = 1;
  while (share > busyShare && performance.now() < end) {
    const before = performance.eventLoopUtilization();
    await pause(lookMs);
    share = performance.eventLoopUtilization(before).utilization;
  }
}
