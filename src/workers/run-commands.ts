/** Runs what SQL functions asked of events that Redis decides. */
import { type CommandsCtx, runNextCommand } from '../features/inventory-commands/run.ts';
import type { Duty } from './run-worker.ts';

export function runCommands(ctx: CommandsCtx): Duty {
  return {
    name: 'run-commands',
    idleMs: 500,
    async tick() {
      const ran = await runNextCommand(ctx);
      return { done: ran?.done ? 1 : 0, more: ran !== undefined };
    },
  };
}
