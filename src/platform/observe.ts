/**
 * Observing from outside: what `createRedisInventory({ observe })` is told goes into the metrics, and neither the inventory
 * nor its callers know that metrics exist.
 */
import type { Metrics } from './metrics.ts';

export type ScriptObserver = (script: string, ms: number, outcome: 'ok' | 'fault') => void;

export function observeScripts(metrics: Pick<Metrics, 'scriptDuration' | 'scriptErrors'>): ScriptObserver {
  const timers = new Map<string, { observe(seconds: number): void }>();
  return (script, ms, outcome) => {
    let timer = timers.get(script);
    if (!timer) {
      timer = metrics.scriptDuration.labels(script);
      timers.set(script, timer);
      metrics.scriptErrors.inc({ script }, 0);
    }
    timer.observe(ms / 1_000);
    if (outcome === 'fault') metrics.scriptErrors.inc({ script });
  };
}
