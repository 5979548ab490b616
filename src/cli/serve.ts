/** `holdfast serve`: HTTP. Stateless; run as many as you like. */
import { createLifecycle, stopOnSignals } from '../platform/lifecycle.ts';
import type { Command } from './cli.ts';

export const command: Command = (program, cli) => {
  program
    .command('serve')
    .description('serve HTTP (needs REDIS_URL, DATABASE_URL and the keys, or a data folder that has them)')
    .action(async () => {
      const config = cli.config();
      const log = cli.log('server');
      const lifecycle = createLifecycle(log);
      stopOnSignals(lifecycle);
      const { startServer } = await import('../app.ts');
      const server = await Promise.race([startServer(config, log), lifecycle.stopped]);
      // A signal came while starting: what was opened so far ends with the process.
      if (!server) return;
      lifecycle.onStop('server', () => server.stop(), config.shutdownGraceMs + 5_000);
      process.send?.({ ready: true, address: server.address });
      await lifecycle.stopped;
    });
};
