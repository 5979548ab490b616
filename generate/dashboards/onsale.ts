/**
 * "On-sale live": one event while its tickets go. Every server reports the same stock, so stock is the maximum over
 * instances, never the sum; what a server counts for itself (requests, sockets) is summed.
 */
import {
  DashboardBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { figure, graph, prometheus } from './panels.ts';
import { sockets } from './sockets.ts';

/** Names and ids in one query: the list shows names, the queries use ids. */
const eventVariable = new QueryVariableBuilder('event')
  .label('Event')
  .datasource(prometheus)
  .query({ qryType: 3, query: 'query_result(max by (event, name) (holdfast_event_info))', refId: 'event' })
  .regex('/event="(?<value>[^"]+)".*name="(?<text>.+)"/')
  .refresh(VariableRefresh.OnTimeRangeChanged)
  .sort(VariableSort.AlphabeticalCaseInsensitiveAsc);

const units = (state: string) =>
  `sum(max by (event, tier) (holdfast_inventory_units{event="$event",state="${state}"}))`;

const tierName = '* on (event, tier) group_left (name) max by (event, tier, name) (holdfast_tier_info)';
const byTier = (state: string) =>
  `max by (event, tier) (holdfast_inventory_units{event="$event",state="${state}"}) ${tierName}`;

const quantile = (share: number, metric: string, by = '') =>
  `histogram_quantile(${share}, sum by (le${by}) (rate(${metric}_bucket[$__rate_interval])))`;

export function onsale(): DashboardBuilder {
  const dashboard = new DashboardBuilder('Holdfast: on-sale live')
    .uid('holdfast-onsale')
    .tags(['holdfast'])
    .refresh('5s')
    .time({ from: 'now-15m', to: 'now' })
    .timezone('browser')
    .withVariable(eventVariable);
  tickets(dashboard);
  holds(dashboard);
  promises(dashboard);
  service(dashboard);
  sockets(dashboard);
  return dashboard;
}

function tickets(dashboard: DashboardBuilder): void {
  const stat = (title: string, description: string, expr: string) =>
    figure({ title, description, unit: 'short', span: 6, queries: [{ expr, legend: title }] });
  dashboard
    .withRow(new RowBuilder('Tickets'))
    .withPanel(stat('Available', 'Tickets anybody can hold now.', units('available')))
    .withPanel(stat('Held', 'Tickets in baskets: they come back when their holds end.', units('held')))
    .withPanel(stat('Sold', 'Tickets paid for.', units('sold')))
    .withPanel(
      stat(
        'Active holds',
        'Baskets that live now; one may have several tickets.',
        'max by (event) (holdfast_holds_active{event="$event"})',
      ),
    );
  for (const [state, title] of [
    ['available', 'Available by tier'],
    ['held', 'Held by tier'],
    ['sold', 'Sold by tier'],
  ] as const) {
    dashboard.withPanel(
      graph({
        title,
        description: 'Of the tier itself; a pool it shares with other tiers may leave less.',
        unit: 'short',
        span: 8,
        queries: [{ expr: byTier(state), legend: '{{name}}' }],
      }),
    );
  }
}

function holds(dashboard: DashboardBuilder): void {
  dashboard
    .withRow(new RowBuilder('Holds'))
    .withPanel(
      graph(
        {
          title: 'Hold requests by outcome',
          description:
            'Of all events. Outcomes other than held and replayed are the refusals of docs/problems.md.',
          unit: 'reqps',
          span: 12,
          queries: [
            {
              expr: 'sum by (outcome) (rate(holdfast_hold_requests_total[$__rate_interval]))',
              legend: '{{outcome}}',
            },
          ],
        },
        { stacked: true },
      ),
    )
    .withPanel(
      graph({
        title: 'Script time, p99',
        description:
          'From sending a script to Redis to its reply. A reserve gathers up to 32 baskets in one call.',
        unit: 's',
        span: 12,
        queries: [
          {
            expr: quantile(0.99, 'holdfast_redis_script_duration_seconds', ', script'),
            legend: '{{script}}',
          },
        ],
      }),
    );
}

function promises(dashboard: DashboardBuilder): void {
  dashboard
    .withRow(new RowBuilder('Promises'))
    .withPanel(
      figure(
        {
          title: 'Ghosts',
          description:
            'Units counted as held that no live hold owns. Short of a second it is a hold on its way out.',
          unit: 'short',
          span: 6,
          queries: [{ expr: 'max(holdfast_integrity_ghost_reservations)', legend: 'ghosts' }],
        },
        { bad: 1 },
      ),
    )
    .withPanel(
      figure(
        {
          title: 'Drift',
          description:
            'Units by which Redis and Postgres differ at the same version. Anything but 0 is a fault.',
          unit: 'short',
          span: 6,
          queries: [{ expr: 'max(holdfast_integrity_redis_pg_drift_units)', legend: 'drift' }],
        },
        { bad: 1 },
      ),
    )
    .withPanel(
      figure(
        {
          title: 'Last compared',
          description: 'How long ago the counters of every open event were compared without a failure.',
          unit: 's',
          span: 6,
          queries: [
            { expr: 'time() - max(holdfast_integrity_last_success_timestamp_seconds)', legend: 'age' },
          ],
        },
        { bad: 60 },
      ),
    )
    .withPanel(
      figure(
        {
          title: 'Journal lag',
          description: 'Age of the oldest change that Postgres does not have yet, over all partitions.',
          unit: 's',
          span: 6,
          queries: [{ expr: 'max(holdfast_journal_lag_seconds)', legend: 'lag' }],
        },
        { bad: 5 },
      ),
    )
    .withPanel(
      graph({
        title: 'Journal lag by partition',
        description: 'An event belongs to one partition: one line alone is one busy event.',
        unit: 's',
        span: 12,
        queries: [
          { expr: 'max by (partition) (holdfast_journal_lag_seconds)', legend: 'partition {{partition}}' },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'Script errors',
        description: 'Script calls that ended in a fault: Redis away, full, or being rebuilt.',
        unit: 'cps',
        span: 12,
        queries: [
          {
            expr: 'sum by (script) (rate(holdfast_redis_script_errors_total[$__rate_interval]))',
            legend: '{{script}}',
          },
        ],
      }),
    );
}

function service(dashboard: DashboardBuilder): void {
  const latency = 'http_server_request_duration_seconds';
  dashboard
    .withRow(new RowBuilder('HTTP'))
    .withPanel(
      graph({
        title: 'Requests by status',
        description: 'All routes of all servers.',
        unit: 'reqps',
        span: 8,
        queries: [
          {
            expr: `sum by (http_response_status_code) (rate(${latency}_count[$__rate_interval]))`,
            legend: '{{http_response_status_code}}',
          },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'Latency',
        description: 'Of all routes, in the server: the network to the buyer is not in it.',
        unit: 's',
        span: 8,
        queries: [0.5, 0.95, 0.99].map((share) => ({
          expr: quantile(share, latency),
          legend: `p${share * 100}`,
        })),
      }),
    )
    .withPanel(
      graph({
        title: 'Event loop, p99',
        description: 'How late timers run in each server. Above 200 ms the process is out of processor time.',
        unit: 's',
        span: 8,
        queries: [{ expr: 'nodejs_eventloop_lag_p99_seconds', legend: '{{instance}}' }],
      }),
    );
}
