/** `holdfast orders refund ORDER`: decided here, carried out by the worker's jobs. */
import { Option, type Command as Program } from 'commander';
import type { z } from 'zod';
import { derivedUuid, isUuid, type OpId, type OrderId, readId, showId } from '../../domain/ids.ts';
import { refundInput, requestRefund } from '../../features/refunds/request.ts';
import { exitCodes, Trouble } from '../../platform/trouble.ts';
import type { Cli } from '../cli.ts';
import { count } from '../shared/count.ts';

type Options = {
  tickets?: string[];
  item?: string[];
  amount?: string;
  returnTo?: string;
  reason?: string;
  force?: boolean;
  key?: string;
  json?: boolean;
};

export function refundCommand(group: Program, cli: Cli): void {
  group
    .command('refund')
    .description('refund an order, in whole or in part (exit code 3 when it is refused)')
    .argument('<order>', 'ord_... or the UUID')
    .option('--tickets <tickets...>', 'these tickets: tkt_...')
    .option('--item <items...>', 'so many of a tier, the newest first: tier_...=2')
    .option(
      '--amount <minor units>',
      'instead of what the tickets cost; without tickets, a part of the price',
    )
    .addOption(
      new Option('--return-to <place>', 'where the units go')
        .choices(['public', 'house', 'none'])
        .default('public'),
    )
    .option('--reason <text>', 'kept in the ledger')
    .option('--force', 'used tickets too')
    .option('--key <key>', 'names the intention: the same key again is the same refund')
    .option('--json', 'print the refund as JSON')
    .action((order: string, options: Options) => run(cli, orderId(order), options));
}

async function run(cli: Cli, order: OrderId, options: Options): Promise<void> {
  const input = inputOf(options);
  const { withCtx } = await import('../../app.ts');
  const outcome = await withCtx(cli.config(), cli.log('orders'), 'cli', (ctx) => {
    const op = derivedUuid('0000000000008000', 'cli refund', order, options.key ?? ctx.ids.uuid()) as OpId;
    return requestRefund(ctx, order, input, op);
  });
  if (outcome.status !== 'requested') {
    cli.print(options, outcome, `refused: ${outcome.status}${outcome.detail ? ` (${outcome.detail})` : ''}`);
    return cli.exit(exitCodes.findings);
  }
  const { refund, amount, tickets, status } = outcome.refund;
  const shown = {
    id: showId('refund', refund),
    status,
    amount,
    tickets: tickets.map(({ ticket }) => showId('ticket', ticket)),
  };
  const { amount: units, currency } = amount;
  cli.print(
    options,
    shown,
    `${shown.id}: ${status}, ${units} minor units of ${currency}, ${count(tickets.length, 'ticket')}`,
  );
}

/** By the same schema as over HTTP. */
function inputOf(options: Options): z.output<typeof refundInput> {
  const { tickets, item, amount, returnTo, reason, force } = options;
  const parsed = refundInput.safeParse({
    ...(tickets && { tickets }),
    ...(item && {
      items: item.map((text) => {
        const [tierId, quantity] = text.split('=');
        return { tierId, quantity: Number(quantity) };
      }),
    }),
    ...(amount !== undefined && { amount: Number(amount) }),
    ...(returnTo && { returnTo }),
    ...(reason !== undefined && { reason }),
    ...(force && { force }),
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Trouble(
    `${issue?.path.join('.') || 'the request'} ${issue?.message}`,
    'holdfast orders refund --help says what there is.',
    exitCodes.usage,
  );
}

function orderId(text: string): OrderId {
  const id = isUuid(text) ? text : readId('order', text);
  if (id !== undefined) return id as OrderId;
  throw new Trouble(`"${text}" is not the id of an order`, 'Give it as ord_ and a UUID.', exitCodes.usage);
}
