/**
 * Faults are thrown: the machinery failed, and nothing is said about the request itself. The code tells what the caller
 * may do next.
 */
export const faultCodes = {
  /** Redis's state is not the one Postgres knows (restart, lost keys, another epoch). Refused before any effect. */
  fenced: { unknownOutcome: false },
  /** The command was never sent: safe to send again. */
  inventory_unavailable: { unknownOutcome: false },
  /** The command was sent and its reply was lost: send the same operation id again. */
  outcome_unknown: { unknownOutcome: true },
  /** Postgres cannot be reached, or did not answer in time. */
  records_unavailable: { unknownOutcome: false },
  /** The journal in Postgres has not caught up within the time allowed. */
  records_behind: { unknownOutcome: false },
  /** More people are checking out than this server serves at a time: nothing of this checkout was begun. */
  checkout_busy: { unknownOutcome: false },
  /** The payment provider cannot be reached or is known to be down: nothing was done there. */
  payments_unavailable: { unknownOutcome: false },
  /** The request to the provider was sent and its answer was lost: only the same idempotency key may be sent again. */
  payment_outcome_unknown: { unknownOutcome: true },
  /** The provider refused what we asked as wrong: a mistake of ours, which a retry does not mend. */
  payment_request_refused: { unknownOutcome: false },
  /** A journal entry is not the one that must come next. */
  journal_gap: { unknownOutcome: false },
} as const;

export type FaultCode = keyof typeof faultCodes;

export class Fault extends Error {
  readonly code: FaultCode;

  constructor(code: FaultCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'Fault';
    this.code = code;
  }
}

export function isFault(error: unknown, code?: FaultCode): error is Fault {
  return error instanceof Fault && (code === undefined || error.code === code);
}
