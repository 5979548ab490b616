/** Which errors of the driver mean that the records cannot be had, and which are answers about the statement itself. */
import { Fault } from '../domain/faults.ts';

/** SQLSTATE of the server: the statement was not carried out, and the same one may succeed later. */
const unavailable = new Set([
  '57014', // query_canceled: statement_timeout
  '55P03', // lock_not_available: lock_timeout
  '25P03', // idle_in_transaction_session_timeout
  '25P04', // transaction_timeout
  '25006', // read_only_sql_transaction: a standby, or a disk that was made read-only
  '40001', // serialization_failure
  '40P01', // deadlock_detected
]);
/** Connection exceptions, insufficient resources, operator intervention (shutdown, starting up), system errors. */
const unavailableClasses = new Set(['08', '53', '57', '58']);
/** Errors of the network and of the driver that carry no SQLSTATE. */
const brokenCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
]);
const brokenMessage =
  /connection terminated|timeout exceeded when trying to connect|read timeout|not queryable|client was closed/i;

/** The SQLSTATE or system code of an error, or ''. */
export function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

/** The constraint or index that says there is such a row already, or ''. */
export function uniqueViolation(error: unknown): string {
  if (errorCode(error) !== '23505' || !(error instanceof Error) || !('constraint' in error)) return '';
  return typeof error.constraint === 'string' ? error.constraint : '';
}

/** The connection itself is lost, so what it was doing may have happened or not. */
export function isBroken(error: unknown): boolean {
  const code = errorCode(error);
  if (brokenCodes.has(code) || code.startsWith('08') || code.startsWith('57P')) return true;
  return error instanceof Error && brokenMessage.test(error.message);
}

/** in_failed_sql_transaction, and invalid_sql_statement_name: what was to be prepared by a statement that failed. */
const consequences = new Set(['25P02', '26000']);

/** What a statement is told that comes behind one that failed, if one did. */
export function isConsequence(error: unknown): boolean {
  return consequences.has(errorCode(error));
}

/**
 * What was prepared on this connection cannot be used again: its columns have changed since, or somebody has thrown it away. It
 * would be refused as often as it is asked for; another connection prepares it anew.
 */
export function isStale(error: unknown): boolean {
  if (errorCode(error) === '26000') return true;
  // By the server's function: its words are in the server's language.
  if (errorCode(error) !== '0A000' || !(error instanceof Error) || !('routine' in error)) return false;
  return error.routine === 'RevalidateCachedQuery';
}

/** `records_unavailable` for whatever time may heal; any other error as it was. */
export function asFault(error: unknown): unknown {
  if (error instanceof Fault) return error;
  const code = errorCode(error);
  const heals =
    isBroken(error) || isStale(error) || unavailable.has(code) || unavailableClasses.has(code.slice(0, 2));
  if (!heals) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Fault('records_unavailable', `Postgres: ${message}`, { cause: error });
}
