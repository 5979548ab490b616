/** `holdfast orders refund`: what an operator does to one order. */
import type { Command } from './cli.ts';
import { refundCommand } from './orders/refund.ts';

export const command: Command = (program, cli) => {
  const group = program.command('orders').description('one order: give its money back');
  refundCommand(group, cli);
};
