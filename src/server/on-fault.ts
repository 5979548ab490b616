/**
 * What the caller is told when the machinery failed: which of "not done, try again", "perhaps done, send the same again"
 * and "our mistake" it is, and nothing about the inside.
 */
import { type FaultCode, isFault } from '../domain/faults.ts';
import type { Refusal, RefusalCode } from '../domain/refusals.ts';

const answers: Record<FaultCode, RefusalCode> = {
  fenced: 'inventory_unavailable',
  inventory_unavailable: 'inventory_unavailable',
  outcome_unknown: 'outcome_unknown',
  records_unavailable: 'records_unavailable',
  records_behind: 'records_behind',
  journal_gap: 'records_behind',
  checkout_busy: 'checkout_busy',
  payments_unavailable: 'payments_unavailable',
  payment_outcome_unknown: 'outcome_unknown',
  payment_request_refused: 'internal_fault',
};

export function refusalOfFault(error: unknown): Refusal {
  return { status: isFault(error) ? answers[error.code] : 'internal_fault' };
}
