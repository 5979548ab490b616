/** Every dashboard as the text of its file. Stable: the same sources give the same bytes. */
import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { onsale } from './onsale.ts';

const all: Record<string, () => DashboardBuilder> = { onsale };

export function dashboards(): [path: string, text: string][] {
  return Object.entries(all).map(([name, build]) => [
    `grafana/dashboards/${name}.json`,
    `${JSON.stringify(build().build(), null, 2)}\n`,
  ]);
}
