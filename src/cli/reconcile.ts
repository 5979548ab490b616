/** `holdfast reconcile`: everything that can be compared, compared now, by this process. */
import type { EventId } from '../domain/ids.ts';
import { request } from '../features/reconcile/request.ts';
import { run } from '../features/reconcile/run.ts';
import { type FindingRow, show } from '../features/reconcile/show.ts';
import { exitCodes, Trouble } from '../platform/trouble.ts';
import type { Cli, Command } from './cli.ts';
import { count } from './shared/count.ts';
import { eventId } from './shared/event-id.ts';

type Options = { event?: string; fix?: boolean; audit?: boolean; json?: boolean };

export const command: Command = (program, cli) => {
  program
    .command('reconcile')
    .description('compare Redis, the records and the provider (exit code 3 when something is left open)')
    .option('--event <event>', 'one event only: evt_... or the UUID')
    .option('--fix', 'repair what there is a verb for; without it nothing is changed')
    .option('--audit', 'instead of it all, the whole ledger of every event, as once a month')
    .option('--json', 'print the run and its findings as JSON')
    .action((options: Options) => reconcile(cli, options));
};

async function reconcile(cli: Cli, options: Options): Promise<void> {
  if (options.audit && (options.event || options.fix)) {
    throw new Trouble('--audit goes alone', 'It looks at every event and repairs nothing.', exitCodes.usage);
  }
  const event: EventId | undefined = options.event === undefined ? undefined : eventId(options.event);
  const { withCtx } = await import('../app.ts');
  const { stripe } = cli.config().payments;
  const shown = await withCtx(cli.config(), cli.log('reconcile'), 'operator', async (ctx) => {
    const kind = options.audit ? 'audit' : 'full';
    const asked = await request(ctx, { event, kind, mode: options.fix ? 'fix' : 'dry-run' }, 'caller');
    if (asked.status === 'event_unknown')
      throw new Trouble(`there is no event ${options.event}`, 'See GET /v1/admin/events.');
    if (asked.status !== 'requested') {
      throw new Trouble(
        'another reconciliation is running',
        'Wait for it: GET /v1/admin/reconciliations. One that died is taken over after a minute.',
        exitCodes.unavailable,
      );
    }
    await run({ ...ctx, provider: stripe === undefined ? undefined : ctx.payments }, asked.reconciliation.id);
    return show(ctx, asked.reconciliation.id);
  });
  if (shown.status !== 'found') throw new Error('the run is not in the records');
  const { reconciliation, findings } = shown;
  const open = findings.filter(({ outcome }) => outcome !== 'repaired');
  const text = [
    ...findings.map(line),
    `${count(reconciliation.findings, 'finding')}, ${reconciliation.repaired} repaired${reconciliation.error ? `; it failed: ${reconciliation.error}` : ''}`,
  ].join('\n');
  cli.print(options, { reconciliation, findings }, text);
  if (reconciliation.status !== 'done') cli.exit(exitCodes.failed);
  else if (open.length > 0) cli.exit(exitCodes.findings);
}

function line({ check, subject, units, outcome, cause, repair }: FindingRow): string {
  return `${check} ${subject} (${units}): ${outcome}\n  ${cause}\n  ${repair}`;
}
