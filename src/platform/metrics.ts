/**
 * The catalogue of metrics: every series this program exports is declared here, with its unit in its name and a bounded
 * set of labels. Series with known labels start at 0, so that a rate over them is right from the first increment.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { createPaymentMetrics } from './payment-metrics.ts';

/** 50, 200 and 300 ms are promised figures, so they are edges. */
const requestSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10];
/** A script takes tens of microseconds; a batch of 32 about a millisecond. */
const scriptSeconds = [0.0001, 0.00025, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

export type Metrics = ReturnType<typeof createMetrics>;

/** `holdOutcomes`: every outcome a hold request can have: `held`, `replayed` and the catalogue of refusals. */
export function createMetrics(options: { holdOutcomes: readonly string[]; runtime: boolean }) {
  const registry = new Registry();
  const registers = [registry];
  if (options.runtime) collectDefaultMetrics({ register: registry });
  // Gauges named like counters; the same figures are there by type, under right names.
  for (const name of ['handles', 'requests', 'resources']) {
    registry.removeSingleMetric(`nodejs_active_${name}_total`);
  }

  const httpDuration = new Histogram({
    name: 'http_server_request_duration_seconds',
    help: 'Time from the request line to the end of the handler',
    labelNames: ['http_request_method', 'http_route', 'http_response_status_code'],
    buckets: requestSeconds,
    registers,
  });
  const httpActive = new Gauge({
    name: 'http_server_active_requests',
    help: 'Requests being handled',
    registers,
  });
  const holdRequests = new Counter({
    name: 'holdfast_hold_requests_total',
    help: 'Reserve requests by outcome',
    labelNames: ['outcome'],
    registers,
  });
  for (const outcome of options.holdOutcomes) holdRequests.inc({ outcome }, 0);
  const holdsActive = new Gauge({
    name: 'holdfast_holds_active',
    help: 'Live holds of an event on sale',
    labelNames: ['event'],
    registers,
  });
  const inventoryUnits = new Gauge({
    name: 'holdfast_inventory_units',
    help: 'Tickets of a tier by state, of the newest METRICS_MAX_EVENTS events on sale',
    labelNames: ['event', 'tier', 'state'],
    registers,
  });
  const eventInfo = new Gauge({
    name: 'holdfast_event_info',
    help: 'Always 1; the name of an event on sale',
    labelNames: ['event', 'name'],
    registers,
  });
  const tierInfo = new Gauge({
    name: 'holdfast_tier_info',
    help: 'Always 1; the name of a tier on sale',
    labelNames: ['event', 'tier', 'name'],
    registers,
  });
  const scriptDuration = new Histogram({
    name: 'holdfast_redis_script_duration_seconds',
    help: 'Time from sending a script to its reply, one batch of commands a call',
    labelNames: ['script'],
    buckets: scriptSeconds,
    registers,
  });
  const scriptErrors = new Counter({
    name: 'holdfast_redis_script_errors_total',
    help: 'Script calls that ended in a fault',
    labelNames: ['script'],
    registers,
  });
  const journalLag = new Gauge({
    name: 'holdfast_journal_lag_seconds',
    help: 'Age of the oldest fact in Redis that Postgres does not have yet, by partition',
    labelNames: ['partition'],
    registers,
  });
  const journalFacts = new Counter({
    name: 'holdfast_journal_facts_total',
    help: 'Facts written to the ledger',
    registers,
  });
  const ghosts = new Gauge({
    name: 'holdfast_integrity_ghost_reservations',
    help: 'Units counted as held that no live hold owns, holds past their deadline included',
    registers,
  });
  const drift = new Gauge({
    name: 'holdfast_integrity_redis_pg_drift_units',
    help: 'Units by which the counters in Redis and the ledger in Postgres differ at the same version',
    registers,
  });
  const integrityLast = new Gauge({
    name: 'holdfast_integrity_last_success_timestamp_seconds',
    help: 'When the counters were last compared, Unix seconds',
    registers,
  });
  const buildInfo = new Gauge({
    name: 'holdfast_build_info',
    help: 'Always 1; the labels say what is running',
    labelNames: ['version', 'commit'],
    registers,
  });
  return {
    registry,
    httpDuration,
    httpActive,
    holdRequests,
    holdsActive,
    inventoryUnits,
    eventInfo,
    tierInfo,
    scriptDuration,
    scriptErrors,
    journalLag,
    journalFacts,
    ghosts,
    drift,
    integrityLast,
    buildInfo,
    payments: createPaymentMetrics(registry),
  };
}
