/** `holdfast openapi`: the document that /openapi.json answers with, without a server. */
import type { Command } from './cli.ts';

export const command: Command = (program, cli) => {
  program
    .command('openapi')
    .description('print the OpenAPI 3.1 document of the HTTP interface')
    .action(async () => {
      const { openApiDocument } = await import('../app.ts');
      cli.out(JSON.stringify(openApiDocument(), null, 2));
    });
};
