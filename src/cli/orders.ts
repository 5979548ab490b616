/** `holdfast orders accept|refund`: what an operator does to one order. */
import type { Command } from './cli.ts';
import { acceptCommand } from './orders/accept.ts';
import { refundCommand } from './orders/refund.ts';

export const command: Command = (program, cli) => {
  const group = program
    .command('orders')
    .description('one order: decide what it cannot decide, give its money back');
  acceptCommand(group, cli);
  refundCommand(group, cli);
};
