/** Exit codes of the command line, one meaning each. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, findings: 3, unavailable: 4 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/**
 * Something an operator has to put right: what is wrong in one sentence, and what to do about it. It is printed without a
 * stack, because the place in our code says nothing about a port that is in use.
 */
export class Trouble extends Error {
  readonly fix: string;
  readonly exit: ExitCode;

  constructor(
    message: string,
    fix: string,
    exit: ExitCode = exitCodes.failed,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'Trouble';
    this.fix = fix;
    this.exit = exit;
  }
}

/** The system's short word for what went wrong (EACCES), or the message where it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : reasonOf(error);
}

/** The message of whatever was thrown; of an AggregateError (a refused connection on two addresses) its first part. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
