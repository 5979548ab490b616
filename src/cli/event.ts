/** `holdfast event import|export`: events from and to schema.org markup and our own JSON. */
import type { Command } from './cli.ts';
import { exportCommand } from './event/export.ts';
import { importCommand } from './event/import.ts';

export const command: Command = (program, cli) => {
  const group = program.command('event').description('bring events in, and give them out');
  importCommand(group, cli);
  exportCommand(group, cli);
};
