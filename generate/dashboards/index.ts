/** Every dashboard as the text of its file. Stable: the same sources give the same bytes. */
import type { Dashboard, DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { money } from './money.ts';
import { onsale } from './onsale.ts';

const all: Record<string, () => DashboardBuilder> = { money, onsale };

export function dashboards(): [path: string, text: string][] {
  return Object.entries(all).map(([name, build]) => [
    `grafana/dashboards/${name}.json`,
    `${JSON.stringify(numbered(build().build()), null, 2)}\n`,
  ]);
}

/** Panels by their place: a link to a panel names its id. */
function numbered(dashboard: Dashboard): Dashboard {
  const panels = (dashboard.panels ?? []).map((panel, index) => ({ ...panel, id: index + 1 }));
  return { ...dashboard, panels };
}
