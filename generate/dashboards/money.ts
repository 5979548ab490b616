/**
 * "Money": checkouts, the payment provider, what it tells, the work that waits, and whether the books agree. Figures of jobs and
 * books are read from Postgres by every server, so their value is the maximum over instances; calls are summed.
 */
import { DashboardBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { figure, graph } from './panels.ts';

const rate = (metric: string, by: string, where = '') =>
  `sum by (${by}) (rate(${metric}${where}[$__rate_interval]))`;
const p95 = (metric: string, by = '') =>
  `histogram_quantile(0.95, sum by (le${by}) (rate(${metric}_bucket[$__rate_interval])))`;

export function money(): DashboardBuilder {
  const dashboard = new DashboardBuilder('Holdfast: money')
    .uid('holdfast-money')
    .tags(['holdfast'])
    .refresh('10s')
    .time({ from: 'now-1h', to: 'now' })
    .timezone('browser');
  promises(dashboard);
  checkouts(dashboard);
  provider(dashboard);
  jobs(dashboard);
  return dashboard;
}

function promises(dashboard: DashboardBuilder): void {
  const stat = (title: string, description: string, expr: string, more: { unit?: string; bad: number }) =>
    figure(
      { title, description, unit: more.unit ?? 'short', span: 4, queries: [{ expr, legend: title }] },
      more,
    );
  const left = 'As the last full reconciliation left it; npx holdfast reconcile names each.';
  const finding = (title: string, what: string, metric: string) =>
    stat(title, `${what} ${left}`, `max(holdfast_integrity_${metric})`, { bad: 1 });
  dashboard
    .withRow(new RowBuilder('The books'))
    .withPanel(
      stat(
        'Last reconciled',
        'How long ago the last full run came to its end. It is due every night.',
        'time() - max(holdfast_reconciliation_last_success_timestamp_seconds{kind="full"})',
        { unit: 's', bad: 26 * 3_600 },
      ),
    )
    .withPanel(
      stat(
        'Open findings',
        `What a person has to decide, over all checks. ${left}`,
        'sum(max by (check) (holdfast_integrity_open_findings)) or vector(0)',
        { bad: 1 },
      ),
    )
    .withPanel(finding('Paid without tickets', 'Nobody may stay here.', 'paid_orders_without_tickets'))
    .withPanel(finding('Tickets without payment', 'Somebody wrote them by hand.', 'tickets_without_payment'))
    .withPanel(finding('Refunds not done', 'Decided, and not carried out in their time.', 'refunds_not_done'))
    .withPanel(
      stat(
        'Revenue mismatch',
        `Minor units by which provider and records differ, the worst currency. ${left}`,
        'max(holdfast_integrity_revenue_mismatch) or vector(0)',
        { bad: 1 },
      ),
    );
}

function checkouts(dashboard: DashboardBuilder): void {
  const orders = '{http_route=~"/v1/holds/:hold/checkout|/v1/orders/:order/(complete|cancel)"}';
  dashboard
    .withRow(new RowBuilder('Checkout'))
    .withPanel(
      graph(
        {
          title: 'Checkouts, returns and cancellations by answer',
          description: '201 is an order to pay, 200 a decided one, 202 one that is not decided yet.',
          unit: 'reqps',
          span: 12,
          queries: [
            {
              expr: rate(
                'http_server_request_duration_seconds_count',
                'http_route, http_response_status_code',
                orders,
              ),
              legend: '{{http_route}} {{http_response_status_code}}',
            },
          ],
        },
        { stacked: true },
      ),
    )
    .withPanel(
      graph({
        title: 'Checkout latency, p95',
        description: 'The provider is asked within it.',
        unit: 's',
        span: 12,
        queries: [
          {
            expr: `histogram_quantile(0.95, sum by (le, http_route) (rate(http_server_request_duration_seconds_bucket${orders}[$__rate_interval])))`,
            legend: '{{http_route}}',
          },
        ],
      }),
    );
}

function provider(dashboard: DashboardBuilder): void {
  dashboard
    .withRow(new RowBuilder('Payment provider'))
    .withPanel(
      graph(
        {
          title: 'Calls by outcome',
          description: 'unavailable and unknown are tried again; refused is an answer.',
          unit: 'reqps',
          span: 6,
          queries: [{ expr: rate('holdfast_stripe_requests_total', 'outcome'), legend: '{{outcome}}' }],
        },
        { stacked: true },
      ),
    )
    .withPanel(
      graph({
        title: 'Calls, p95',
        description: 'With all tries of a call. The circuit: 0 closed, 1 one call is tried, 2 none goes out.',
        unit: 's',
        span: 6,
        queries: [
          { expr: p95('holdfast_stripe_request_duration_seconds', ', operation'), legend: '{{operation}}' },
          { expr: 'max by (dependency) (holdfast_circuit_state)', legend: 'circuit {{dependency}}' },
        ],
      }),
    )
    .withPanel(
      graph(
        {
          title: 'Webhooks by what became of them',
          description:
            'failed could not be stored, and the provider sends it again; refused was not signed by it.',
          unit: 'cps',
          span: 6,
          queries: [{ expr: rate('holdfast_webhooks_total', 'outcome'), legend: '{{outcome}}' }],
        },
        { stacked: true },
      ),
    )
    .withPanel(
      graph({
        title: 'Webhook lag, p95',
        description:
          'From what happened at the provider until it was stored here. The poller makes up for what does not come.',
        unit: 's',
        span: 6,
        queries: [{ expr: p95('holdfast_webhook_lag_seconds'), legend: 'p95' }],
      }),
    )
    .withPanel(
      graph({
        title: 'Payment to ticket, p95',
        description:
          'From when the first webhook of an order was stored until its tickets were there and nothing was left to do.',
        unit: 's',
        span: 12,
        queries: [{ expr: p95('holdfast_settle_seconds'), legend: 'p95' }],
      }),
    );
}

function jobs(dashboard: DashboardBuilder): void {
  const byTask = (title: string, description: string, metric: string, unit = 'short') =>
    graph({
      title,
      description,
      unit,
      span: 6,
      queries: [{ expr: `max by (task) (holdfast_${metric})`, legend: '{{task}}' }],
    });
  dashboard
    .withRow(new RowBuilder('Jobs'))
    .withPanel(byTask('Jobs that wait', 'Not done yet, by task.', 'jobs_pending'))
    .withPanel(
      byTask('Oldest due job', 'How late the work is: minutes are an alert.', 'jobs_oldest_age_seconds', 's'),
    )
    .withPanel(
      byTask('Dead letters', 'Failed as often as they may: npx holdfast jobs dead, then retry.', 'jobs_dead'),
    )
    .withPanel(
      graph({
        title: 'Webhooks not settled, incidents open',
        description: 'Webhooks as the last full reconciliation left them; incidents wait for a person.',
        unit: 'short',
        span: 6,
        queries: [
          { expr: 'max(holdfast_integrity_webhooks_unsettled)', legend: 'webhooks' },
          { expr: 'max(holdfast_integrity_incidents_open)', legend: 'incidents' },
        ],
      }),
    );
}
