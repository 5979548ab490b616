/** `holdfast verify EVENT`: folds the ledger of an event by itself and names the first entry that breaks a rule. */
import { type Verified, verifyEvent } from '../features/journal/verify.ts';
import { openDatabase } from '../persistence/database.ts';
import { required } from '../platform/config.ts';
import { exitCodes } from '../platform/trouble.ts';
import type { Command } from './cli.ts';
import { eventId } from './shared/event-id.ts';

export const command: Command = (program, cli) => {
  program
    .command('verify')
    .description('prove an event from its ledger: hashes, counters, holds, tickets (exit code 3 on findings)')
    .argument('<event>', 'evt_... or the UUID')
    .option('--json', 'print the verdict as JSON')
    .action(async (text: string, options: { json?: boolean }) => {
      const event = eventId(text);
      const { DATABASE_URL } = required({ DATABASE_URL: cli.config().databaseUrl });
      const db = openDatabase({ url: DATABASE_URL, poolMax: 1, name: 'holdfast verify' });
      try {
        const verified = await verifyEvent(db, event);
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
    `event ${event}: ${facts} facts in ${commits} commits hold, of ${version}`,
    ...(chain === null ? [] : [`  chain ${chain}`]),
    ...(projected < version
      ? [`  frozen at version ${projected + 1}: ${frozenCause ?? 'no cause noted'}`]
      : []),
    ...findings.map(({ rule, version, sentence }) => `  ${rule} at version ${version}: ${sentence}`),
    findings.length === 0 ? '  nothing is wrong' : `  findings: ${findings.length}`,
  ];
  return lines.join('\n');
}
