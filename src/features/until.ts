/** Asks again, ever less often, until there is an answer or the time is up: then the outcome is undefined. */
import { setTimeout as pause } from 'node:timers/promises';

const firstPauseMs = 5;
const pauseMsMax = 100;

export async function until<Answer>(
  boundMs: number,
  ask: () => Promise<Answer | undefined>,
): Promise<Answer | undefined> {
  const end = performance.now() + boundMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, pauseMsMax)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    const left = end - performance.now();
    if (left <= 0) return undefined;
    await pause(Math.min(pauseMs, left));
  }
}
