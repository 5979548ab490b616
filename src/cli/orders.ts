/** `holdfast orders accept`: lets a payment that was set aside have its tickets. */
import { type OrderId, readId } from '../domain/ids.ts';
import { acceptPayment } from '../features/orders/accept-payment.ts';
import { exitCodes, Trouble } from '../platform/trouble.ts';
import type { Command } from './cli.ts';

export const command: Command = (program, cli) => {
  const group = program.command('orders').description('decide what an order cannot decide by itself');
  group
    .command('accept')
    .description(
      'let a payment that was set aside have its tickets (exit code 3 when there is none, or the order is decided)',
    )
    .argument('<order>', 'ord_...')
    .requiredOption('--reason <text>', 'why; stands beside the order')
    .option('--by <name>', 'who decides', 'operator')
    .option('--json', 'print the result as JSON')
    .action(async (text: string, options: { reason: string; by: string; json?: boolean }) => {
      const order = readId('order', text) as OrderId | undefined;
      if (order === undefined) {
        throw new Trouble(
          `"${text}" is no order`,
          'Give it as it is shown: ord_ and a UUID.',
          exitCodes.usage,
        );
      }
      const { withCtx } = await import('../app.ts');
      const outcome = await withCtx(cli.config(), cli.log('orders'), 'orders', (ctx) =>
        acceptPayment({ ...ctx, actor: { kind: 'admin', name: options.by } }, order, options.reason),
      );
      if (outcome.status !== 'accepted') {
        cli.print(
          options,
          outcome,
          `refused: ${outcome.status}${outcome.detail ? ` (${outcome.detail})` : ''}`,
        );
        return cli.exit(exitCodes.findings);
      }
      const { status, late } = outcome.order;
      const shown = { id: text, status, late, warnings: outcome.warnings };
      cli.print(
        options,
        shown,
        [`${text} is ${status}`, ...outcome.warnings.map((one) => `warning: ${one}`)].join('\n'),
      );
    });
};
