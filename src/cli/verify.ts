/** `holdfast verify EVENT`: folds the ledger of an event by itself and names the first entry that breaks a rule. */
import { eventExists, type Verified, verifyEvent } from '../features/journal/verify.ts';
import { openDatabase } from '../persistence/database.ts';
import { required } from '../platform/config.ts';
import { exitCodes, Trouble } from '../platform/trouble.ts';
import type { Command } from './cli.ts';
import { count } from './shared/count.ts';
import { eventId } from './shared/event-id.ts';

export const command: Command = (program, cli) => {
  program
    .command('verify')
    .description(
      'prove an event from its ledger: hashes, counters, holds, tickets (exit code 3 on findings, 1 without such an event)',
    )
    .argument('<event>', 'evt_... or the UUID')
    .option('--json', 'print the verdict as JSON')
    .action(async (text: string, options: { json?: boolean }) => {
      const event = eventId(text);
      const { DATABASE_URL } = required(cli.config(), { DATABASE_URL: cli.config().databaseUrl });
      const db = openDatabase({ url: DATABASE_URL, poolMax: 1, name: 'holdfast verify' });
      try {
        const verified = await verifyEvent(db, event);
        if (verified.facts === 0 && verified.version === 0 && !(await eventExists(db, event))) {
          throw new Trouble(
            `there is no event ${text}`,
            'Check the id, and that DATABASE_URL names the database it is in.',
          );
        }
        cli.print(options, verified, report(verified));
        if (verified.findings.length > 0) cli.exit(exitCodes.findings);
      } finally {
        await db.close();
      }
    });
};

function report(verified: Verified): string {
  const { event, facts, commits, version, projected, frozenCause, chain, findings } = verified;
  const lines = [
    `event ${event}: ${count(facts, 'fact')} in ${count(commits, 'commit')} hold, of ${version}`,
    ...(chain === null ? [] : [`  chain ${chain}`]),
    ...(projected < version
      ? [`  frozen at version ${projected + 1}: ${frozenCause ?? 'no cause noted'}`]
      : []),
    ...findings.map(({ rule, version, sentence }) => `  ${rule} at version ${version}: ${sentence}`),
    findings.length === 0 ? '  nothing is wrong' : `  findings: ${findings.length}`,
  ];
  return lines.join('\n');
}
