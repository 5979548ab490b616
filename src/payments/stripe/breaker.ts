/**
 * The breaker in front of the provider: after some failed tries in a row nobody is made to wait for it; after a rest one
 * try goes through, and its end decides.
 *
 *   closed     tries go through
 *   open       tries are refused at once, until the rest is over
 *   half_open  one try is under way; others wait for its end
 */
import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleAll, isBrokenCircuitError } from 'cockatiel';

export const circuitStates = ['closed', 'half_open', 'open'] as const;
export type Circuit = (typeof circuitStates)[number];

export type Breaker = {
  /** Runs one HTTP try. A status of 500 and above is a failure too. */
  attempt<Answer extends { getStatusCode(): number }>(send: () => Promise<Answer>): Promise<Answer>;
  /** Whether it was the breaker that threw this: nothing was sent. */
  refused(error: unknown): boolean;
  /** False while tries would be refused or have to wait. */
  passable(): boolean;
};

export type BreakerOptions = {
  /** Failed tries in a row that open it. */
  failures: number;
  /** Until one try goes through, ms. */
  restMs: number;
  changed?: ((state: Circuit) => void) | undefined;
};

const named: Record<CircuitState, Circuit> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.HalfOpen]: 'half_open',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
};

export function createBreaker({ failures, restMs, changed }: BreakerOptions): Breaker {
  const failed = (answer: unknown) => (answer as { getStatusCode(): number }).getStatusCode() >= 500;
  const policy = circuitBreaker(handleAll.orWhenResult(failed), {
    halfOpenAfter: restMs,
    breaker: new ConsecutiveBreaker(failures),
  });
  let openedAt = 0;
  policy.onBreak(() => {
    openedAt = Date.now();
  });
  policy.onStateChange((state) => changed?.(named[state]));
  changed?.('closed');
  return {
    attempt: (send) => policy.execute(send),
    refused: isBrokenCircuitError,
    passable: () =>
      policy.state === CircuitState.Closed ||
      // Somebody has to try, and it is whoever comes first after the rest.
      (policy.state === CircuitState.Open && Date.now() - openedAt >= restMs),
  };
}
