/** Every table and view of a database as the catalogue has it, and what says that one of them needs no row-level security. */
import type pg from 'pg';

/**
 * Tables without rows of a person, or that nobody reads in a person's name, each with its reason. A table that is not here
 * must force row-level security: add a policy to a new one, or the reason why it needs none.
 */
export const withoutPersons: Record<string, string> = {
  'events.events': 'public: what is on sale',
  'ticketing.inventory_pools': 'public: capacity',
  'ticketing.ticket_tiers': 'public: prices and capacity',
  'ticketing.inventory_journal': 'people stand there by pseudonym; user_id is not granted to the app',
  'ticketing.journal_commits': 'hashes',
  'ticketing.journal_heads': 'versions of events',
  'ticketing.journal_watermarks': 'places in streams',
  'ticketing.partition_health': 'times of answers',
  'ticketing.inventory_operations': 'operations of organizers and orders, by pseudonym',
  'ticketing.inventory_commands': 'orders to the worker, not granted to the app',
  'ticketing.idempotency_keys':
    'replies, found only by the principal who asked; written before it is known who that is',
  'ticketing.stripe_events': 'the provider is who speaks there; no route shows it to anybody',
  'ticketing.task_runners': 'processes',
  'ticketing.task_successes': 'times of work done',
  'ticketing.incidents': 'ids and amounts for operators; the app may write one and read none',
  'ticketing.fee_rules': 'public: what is added to prices',
  'ticketing.price_steps': 'public: prices and when they change',
  'ticketing.promo_codes': 'codes of organizers; who used one stands in the order',
  'ticketing.payment_cursors': 'how far the provider was read',
  'ticketing.settlements': 'orders to look at again, by id; not granted to the app',
  'ticketing.reconciliations': 'runs and their numbers, for operators',
  'ticketing.reconciliation_findings': 'ids and amounts for operators; not granted to the app',
  'ticketing.reconciliation_payments': 'the provider’s books, by id; not granted to the app',
  'ticketing.event_cancellations': 'who called an event off, for operators',
  'ticketing.api_keys': 'keys of organizers, as hashes',
  'holdfast.schema_migrations': 'which migrations were applied',
};

/** Views whose rows are for everybody. */
export const publicViews: Record<string, string> = {
  'public.ticket_tiers': 'public: prices and capacity',
};

export type Relation = {
  name: string;
  /** r table, p partitioned table, v view, m materialized view, f foreign table. */
  kind: string;
  /** The table it is a partition of, or itself. */
  root: string;
  forced: boolean;
  invoker: boolean;
  /** Whether the app may read a column of it. */
  app: boolean;
};

/** Everything that can be read, outside of Postgres's own schemas. */
export async function relationsOf(client: pg.ClientBase): Promise<Relation[]> {
  const { rows } = await client.query<Relation>(`
    SELECT n.nspname || '.' || c.relname AS name, c.relkind AS kind,
      coalesce(pn.nspname || '.' || p.relname, n.nspname || '.' || c.relname) AS root,
      c.relrowsecurity AND c.relforcerowsecurity AS forced,
      coalesce('security_invoker=true' = ANY (c.reloptions), false) AS invoker,
      has_any_column_privilege('holdfast_app', c.oid, 'SELECT') AND has_schema_privilege('holdfast_app', n.oid, 'USAGE') AS app
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
    LEFT JOIN (pg_class p JOIN pg_namespace pn ON pn.oid = p.relnamespace) ON p.oid = i.inhparent
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    ORDER BY 1`);
  return rows;
}

/** Policies that let the app see rows, with their text. */
export async function appPolicies(client: pg.ClientBase): Promise<{ name: string; text: string }[]> {
  const { rows } = await client.query<{ name: string; text: string }>(`
    SELECT format('%s on %s.%s', policyname, schemaname, tablename) AS name,
      coalesce(qual, '') || ' ' || coalesce(with_check, '') AS text
    FROM pg_policies WHERE roles && ARRAY['public', 'holdfast_app']::name[]`);
  return rows;
}
