/** `holdfast worker`: folds the journal into Postgres, ends due holds, rebuilds Redis. Run as many as you like. */
import { createLifecycle, stopOnSignals } from '../platform/lifecycle.ts';
import type { Command } from './cli.ts';

export const command: Command = (program, cli) => {
  program
    .command('worker')
    .description(
      'write the journal to Postgres, end due holds, rebuild Redis (needs REDIS_URL and DATABASE_URL)',
    )
    .action(async () => {
      const config = cli.config();
      const log = cli.log('worker');
      const lifecycle = createLifecycle(log);
      stopOnSignals(lifecycle);
      const { startWorker } = await import('../app.ts');
      const worker = await Promise.race([startWorker(config, log), lifecycle.stopped]);
      // A signal came while starting: what was opened so far ends with the process.
      if (!worker) return;
      lifecycle.onStop('worker', () => worker.stop(), config.shutdownGraceMs + 5_000);
      process.send?.({ ready: true });
      await lifecycle.stopped;
    });
};
