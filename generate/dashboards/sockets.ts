/** The row about live sockets. */
import { type DashboardBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { figure, graph } from './panels.ts';

export function sockets(dashboard: DashboardBuilder): void {
  dashboard
    .withRow(new RowBuilder('Sockets'))
    .withPanel(
      figure({
        title: 'Connections',
        description: 'Live sockets of all servers.',
        unit: 'short',
        span: 6,
        queries: [{ expr: 'sum(holdfast_ws_connections)', legend: 'sockets' }],
      }),
    )
    .withPanel(
      graph({
        title: 'Update age at the socket, p99',
        description: 'From the commit of a change to its frame on the socket.',
        unit: 's',
        span: 9,
        queries: [
          {
            expr: 'histogram_quantile(0.99, sum by (le) (rate(holdfast_ws_fanout_lag_seconds_bucket[$__rate_interval])))',
            legend: 'p99',
          },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'Frames sent',
        description: 'By kind, over all servers.',
        unit: 'cps',
        span: 9,
        queries: [
          {
            expr: 'sum by (kind) (rate(holdfast_ws_messages_sent_total[$__rate_interval]))',
            legend: '{{kind}}',
          },
        ],
      }),
    );
}
