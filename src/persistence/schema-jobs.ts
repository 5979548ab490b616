/** The tables of jobs and reconciliations, as schema.ts has the others. */
import type { ColumnType, Generated } from 'kysely';

type TimeDefault = ColumnType<Date, Date | string | undefined, Date | string>;
type TimeOrNull = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
type OrNull<Value> = ColumnType<Value | null, Value | null | undefined, Value | null>;
type Json<Value> = ColumnType<Value, string | undefined, string>;

export type TaskRunnersTable = { id: string; started_at: TimeDefault; heard_at: TimeDefault };
export type TaskSuccessesTable = { task: string; at: TimeDefault };

export type ReconciliationsTable = {
  id: string;
  kind: 'full' | 'event' | 'audit';
  mode: 'dry-run' | 'fix';
  event_id: OrNull<string>;
  requested_by: string;
  requested_at: TimeDefault;
  status: Generated<'waiting' | 'running' | 'done' | 'failed' | 'replaced'>;
  attempt: Generated<number>;
  started_at: TimeOrNull;
  heard_at: TimeOrNull;
  finished_at: TimeOrNull;
  checked: Json<Record<string, number>>;
  findings: Generated<number>;
  repaired: Generated<number>;
  error: OrNull<string>;
};

export type ReconciliationFindingsTable = {
  reconciliation_id: string;
  check_name: string;
  subject: string;
  event_id: OrNull<string>;
  tier_id: OrNull<string>;
  order_id: OrNull<string>;
  ticket_id: OrNull<string>;
  units: number;
  cause: string;
  repair: string;
  outcome: 'found' | 'repaired' | 'queued' | 'failed' | 'manual';
  repaired_at: TimeOrNull;
  detail: Json<Record<string, unknown>>;
  found_at: TimeDefault;
};

/** Lives as long as the run that compares it. */
export type ReconciliationPaymentsTable = {
  reconciliation_id: string;
  payment: string;
  order_id: OrNull<string>;
  currency: string;
  received: number;
  refunded: number;
};
