/**
 * The breaker in front of the provider: after some failed tries in a row nobody is made to wait for it; after a rest one call
 * is let in, and how its tries end decides.
 *
 *   closed     calls go through
 *   open       calls are refused at once; after the rest one of them, the first that comes, has the turn
 *   half_open  a try of the call that has the turn is under way
 *
 * A call keeps the turn until it has ended, with the pauses between its tries. Calls that were let in before it opened, and
 * would try once more, are refused too: what is tried is tried by one.
 */
import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleAll,
  isBrokenCircuitError,
} from 'cockatiel';

export const circuitStates = ['closed', 'half_open', 'open'] as const;
export type Circuit = (typeof circuitStates)[number];

/** A call that was let in. */
export type Admitted = { leave(): void };

export type Breaker = {
  /** Lets a call begin, or not (undefined). It says when it has ended. */
  admit(): Admitted | undefined;
  /** Runs one HTTP try of a call. A status of 500 and above is a failure too. */
  attempt<Answer extends { getStatusCode(): number }>(
    call: Admitted | undefined,
    send: () => Promise<Answer>,
  ): Promise<Answer>;
  /** Whether it was the breaker that threw this: nothing was sent. */
  refused(error: unknown): boolean;
  /** False while a call would be refused. */
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
  let turn: Admitted | undefined;
  policy.onBreak(() => {
    openedAt = Date.now();
  });
  policy.onStateChange((state) => changed?.(named[state]));
  changed?.('closed');
  const isClosed = () => policy.state === CircuitState.Closed;
  // Somebody has to try, and it is whoever comes first after the rest.
  const isDue = () => policy.state === CircuitState.Open && Date.now() - openedAt >= restMs && !turn;
  return {
    admit() {
      if (isClosed()) return { leave: () => undefined };
      if (!isDue()) return undefined;
      const call: Admitted = {
        leave: () => {
          if (turn === call) turn = undefined;
        },
      };
      turn = call;
      return call;
    },
    attempt: (call, send) =>
      isClosed() || (turn !== undefined && call === turn)
        ? policy.execute(send)
        : Promise.reject(new BrokenCircuitError()),
    refused: isBrokenCircuitError,
    passable: () => isClosed() || isDue(),
  };
}
