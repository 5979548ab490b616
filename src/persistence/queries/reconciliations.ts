/** Runs of the reconciliation and what they found. */
import { sql } from 'kysely';
import type { EventId } from '../../domain/ids.ts';
import type { Tx } from '../database.ts';

export type ReconciliationKind = 'full' | 'event' | 'audit';
export type ReconciliationMode = 'dry-run' | 'fix';
export type ReconciliationStatus = 'waiting' | 'running' | 'done' | 'failed' | 'replaced';
export type FindingOutcome = 'found' | 'repaired' | 'queued' | 'failed' | 'manual';

export type Reconciliation = {
  id: string;
  kind: ReconciliationKind;
  mode: ReconciliationMode;
  event: EventId | null;
  requestedBy: string;
  requestedAt: Date;
  status: ReconciliationStatus;
  startedAt: Date | null;
  finishedAt: Date | null;
  checked: Record<string, number>;
  findings: number;
  repaired: number;
  error: string | null;
};

export type FindingRow = {
  check: string;
  subject: string;
  event: string | null;
  tier: string | null;
  order: string | null;
  ticket: string | null;
  units: number;
  cause: string;
  repair: string;
  outcome: FindingOutcome;
  detail: Record<string, unknown>;
};

/** A run that was not heard of for so long is dead, and so is one that nobody took on. In seconds. */
const silentSeconds = 60;
const untakenSeconds = 900;
/** One whose checks threw is begun again as often as this. */
const attemptsMax = 5;

const columns = sql`id, kind, mode, event_id as event, requested_by as "requestedBy", requested_at as "requestedAt", status,
  started_at as "startedAt", finished_at as "finishedAt", checked, findings, repaired, error`;

/** False when one is under way; a dead one is ended first. */
export async function insertReconciliation(
  tx: Tx,
  wanted: Pick<Reconciliation, 'id' | 'kind' | 'mode' | 'event' | 'requestedBy'>,
): Promise<boolean> {
  await sql`
    update ticketing.reconciliations
    set status = 'replaced', finished_at = now(), error = 'it was not heard of any more, and another one took its place'
    where (status = 'running' and heard_at < now() - ${silentSeconds} * interval '1 second')
      or (status = 'waiting' and requested_at < now() - ${untakenSeconds} * interval '1 second')
  `.execute(tx);
  const { numAffectedRows } = await sql`
    insert into ticketing.reconciliations (id, kind, mode, event_id, requested_by)
    values (${wanted.id}, ${wanted.kind}, ${wanted.mode}, ${wanted.event}, ${wanted.requestedBy})
    on conflict do nothing
  `.execute(tx);
  return Number(numAffectedRows ?? 0) === 1;
}

export type Claimed = { reconciliation: Reconciliation; attempt: number };

/** The run as one's own, or its status when it is not to be had: it is done, or somebody else is at it. */
export async function claimReconciliation(
  tx: Tx,
  id: string,
): Promise<Claimed | ReconciliationStatus | undefined> {
  const { rows } = await sql<Reconciliation & { attempt: number }>`
    update ticketing.reconciliations
    set status = 'running', attempt = attempt + 1, started_at = coalesce(started_at, now()), heard_at = now(),
      finished_at = null, error = null
    where id = ${id} and (status = 'waiting' or (status = 'failed' and attempt < ${attemptsMax})
      or (status = 'running' and heard_at < now() - ${silentSeconds} * interval '1 second'))
    returning ${columns}, attempt
  `.execute(tx);
  const [row] = rows;
  if (row) {
    const { attempt, ...reconciliation } = row;
    return { reconciliation, attempt };
  }
  return (await reconciliationById(tx, id))?.status;
}

/** False when another has taken the run over: whoever hears that stops. */
export async function hearReconciliation(tx: Tx, id: string, attempt: number): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update ticketing.reconciliations set heard_at = now()
    where id = ${id} and status = 'running' and attempt = ${attempt}
  `.execute(tx);
  return Number(numAffectedRows ?? 0) === 1;
}

/** One row a subject: a run that was begun again says again what it finds again. */
export async function writeFinding(tx: Tx, id: string, found: FindingRow): Promise<void> {
  await sql`
    insert into ticketing.reconciliation_findings (reconciliation_id, check_name, subject, event_id, tier_id, order_id,
      ticket_id, units, cause, repair, outcome, repaired_at, detail)
    values (${id}, ${found.check}, ${found.subject}, ${found.event}, ${found.tier}, ${found.order}, ${found.ticket},
      ${found.units}, ${found.cause}, ${found.repair}, ${found.outcome},
      ${found.outcome === 'repaired' ? sql`now()` : null}, ${JSON.stringify(found.detail)})
    on conflict (reconciliation_id, check_name, subject) do update set units = excluded.units, cause = excluded.cause,
      repair = excluded.repair, outcome = excluded.outcome, repaired_at = excluded.repaired_at, detail = excluded.detail
  `.execute(tx);
}

export async function finishReconciliation(
  tx: Tx,
  id: string,
  attempt: number,
  end: { status: 'done' | 'failed'; checked: Record<string, number>; error: string | null },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update ticketing.reconciliations set status = ${end.status}, finished_at = now(), heard_at = now(),
      checked = ${JSON.stringify(end.checked)}, error = ${end.error},
      findings = (select count(*) from ticketing.reconciliation_findings where reconciliation_id = ${id}),
      repaired = (select count(*) from ticketing.reconciliation_findings
        where reconciliation_id = ${id} and outcome = 'repaired')
    where id = ${id} and status = 'running' and attempt = ${attempt}
  `.execute(tx);
  return Number(numAffectedRows ?? 0) === 1;
}

export async function reconciliationById(tx: Tx, id: string): Promise<Reconciliation | undefined> {
  const { rows } = await sql<Reconciliation>`
    select ${columns} from ticketing.reconciliations where id = ${id}
  `.execute(tx);
  return rows[0];
}

/** Newest first. */
export async function listReconciliations(tx: Tx, limit: number): Promise<Reconciliation[]> {
  const { rows } = await sql<Reconciliation>`
    select ${columns} from ticketing.reconciliations order by requested_at desc, id desc limit ${limit}
  `.execute(tx);
  return rows;
}

/** In the order they were found; `after` is how many to pass by. */
export async function findingsOf(tx: Tx, id: string, after: number, limit: number): Promise<FindingRow[]> {
  const { rows } = await sql<FindingRow>`
    select check_name as check, subject, event_id as event, tier_id as tier, order_id as order, ticket_id as ticket, units,
      cause, repair, outcome, detail
    from ticketing.reconciliation_findings where reconciliation_id = ${id}
    order by found_at, check_name, subject offset ${after} limit ${limit}
  `.execute(tx);
  return rows;
}

export type LastRun = { kind: ReconciliationKind; finishedAt: Date };

/** When full runs and audits last came to their end; before the first one, when the database was made. */
export async function lastRunsOrFirstDay(tx: Tx): Promise<LastRun[]> {
  const { rows } = await sql<LastRun>`
    select k.kind, coalesce(max(r.finished_at), (select min(applied_at) from holdfast.schema_migrations)) as "finishedAt"
    from unnest(array['full', 'audit']) as k(kind)
    left join ticketing.reconciliations r on r.kind = k.kind and r.status = 'done' group by k.kind
  `.execute(tx);
  return rows;
}

/** The newest run of each kind that came to its end. */
export async function lastRuns(tx: Tx): Promise<LastRun[]> {
  const { rows } = await sql<LastRun>`
    select kind, max(finished_at) as "finishedAt" from ticketing.reconciliations where status = 'done' group by kind
  `.execute(tx);
  return rows;
}

/** When the last full run began that came to its end: up to then the books were compared. */
export async function lastComparison(tx: Tx): Promise<Date | undefined> {
  const { rows } = await sql<{ at: Date | null }>`
    select max(started_at) as at from ticketing.reconciliations where kind = 'full' and status = 'done'
  `.execute(tx);
  return rows[0]?.at ?? undefined;
}

/** What the last full run left open, by check; for revenue by currency too. */
export async function openFindings(
  tx: Tx,
): Promise<{ check: string; currency: string | null; findings: number; units: number }[]> {
  const { rows } = await sql<{ check: string; currency: string | null; findings: number; units: number }>`
    select f.check_name as check, f.detail ->> 'currency' as currency, count(*)::int as findings, sum(f.units)::float8 as units
    from ticketing.last_reconciliation r
    join ticketing.reconciliation_findings f on f.reconciliation_id = r.id and f.outcome <> 'repaired'
    group by 1, 2
  `.execute(tx);
  return rows;
}

/** Whether there is such an event. */
export async function isRecorded(tx: Tx, event: EventId): Promise<boolean> {
  const row = await tx.selectFrom('events.events').select('id').where('id', '=', event).executeTakeFirst();
  return row !== undefined;
}
