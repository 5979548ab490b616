/** What `holdfast dev` says when everything is up: the addresses, and the first things to try. */
export type DemoEvent = { id: string; name: string; tiers: { id: string; name: string; capacity: number }[] };

export function welcome(options: { address: string; dataDir: string; events: DemoEvent[] }): string {
  const { address, dataDir, events } = options;
  const first = events[0];
  const tier = first?.tiers[0];
  const lines = ['', `Holdfast is on sale at ${address} (a browser shows the events there)`, ''];
  for (const event of events) {
    const tiers = event.tiers.map((each) => `${each.name} ${each.capacity}`).join(', ');
    lines.push(`  ${event.id}  ${event.name} (${tiers})`);
  }
  if (first && tier) {
    lines.push(
      '',
      'Get a session, then hold two tickets:',
      '',
      `  TOKEN=$(curl -s -X POST ${address}/v1/sessions | sed 's/.*"token":"\\([^"]*\\)".*/\\1/')`,
      `  curl -s -X POST ${address}/v1/events/${first.id}/holds \\`,
      '    -H "authorization: Bearer $TOKEN" -H "idempotency-key: first-try" -H "content-type: application/json" \\',
      `    -d '{"items":[{"tierId":"${tier.id}","quantity":2}]}'`,
      `  curl -s ${address}/v1/events/${first.id}/availability`,
    );
  }
  lines.push(
    '',
    `  Ready:   ${address}/readyz?verbose`,
    `  Metrics: ${address}/metrics`,
    `  Keys:    ${dataDir}/keys (admin: the first administrator's key)`,
    '  Check:   npx holdfast doctor',
    `  Tour:    README.md, "Five minutes"; a crowd: npm run demo -- --url ${address}`,
    '',
    'Ctrl-C stops everything; the data stays.',
    '',
  );
  return lines.join('\n');
}
