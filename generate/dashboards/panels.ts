/** The few shapes of panels that our dashboards are made of, so that they look alike and each is one call. */

import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { StackingConfigBuilder, StackingMode } from '@grafana/grafana-foundation-sdk/common';
import {
  type Panel,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** The uid that grafana/provisioning/datasources gives our Prometheus. */
export const prometheus = { type: 'prometheus', uid: 'holdfast-prometheus' };

export type Query = { expr: string; legend: string };

/** `span`: of the 24 columns. `description`: what a reader has to know to judge the figure. */
export type About = {
  title: string;
  description: string;
  unit: string;
  span: number;
  queries: Query[];
};

function targetsOf({ queries }: About, instant: boolean) {
  return queries.map(({ expr, legend }, index) => {
    const query = new DataqueryBuilder()
      .datasource(prometheus)
      .expr(expr)
      .legendFormat(legend)
      .refId(String.fromCharCode(65 + index));
    return instant ? query.instant() : query.range();
  });
}

const graphHeight = 8;
const statHeight = 4;

export function graph(about: About, options: { stacked?: boolean } = {}): Builder<Panel> {
  const panel = new TimeseriesBuilder()
    .title(about.title)
    .description(about.description)
    .datasource(prometheus)
    .unit(about.unit)
    .min(0)
    .height(graphHeight)
    .span(about.span)
    .fillOpacity(options.stacked ? 40 : 8)
    .lineWidth(1)
    .targets(targetsOf(about, false));
  return options.stacked
    ? panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'))
    : panel;
}

/** `bad`: from this value on the figure is red. */
export function figure(about: About, options: { bad?: number } = {}): Builder<Panel> {
  const panel = new StatBuilder()
    .title(about.title)
    .description(about.description)
    .datasource(prometheus)
    .unit(about.unit)
    .height(statHeight)
    .span(about.span)
    .targets(targetsOf(about, true));
  const steps =
    options.bad === undefined
      ? [{ value: null, color: 'blue' }]
      : [
          { value: null, color: 'green' },
          { value: options.bad, color: 'red' },
        ];
  return panel.thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps));
}
