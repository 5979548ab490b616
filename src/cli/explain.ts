/** `holdfast explain ORDER|HOLD`: what happened to it, in the order of cause and effect. */

import { readId, showId } from '../domain/ids.ts';
import { shownAt } from '../features/explain/moment.ts';
import { type Timeline, timelineOf } from '../features/explain/timeline.ts';
import { openDatabase } from '../persistence/database.ts';
import { required } from '../platform/config.ts';
import { exitCodes, Trouble } from '../platform/trouble.ts';
import type { Command } from './cli.ts';

export const command: Command = (program, cli) => {
  program
    .command('explain')
    .description(
      'everything that happened to an order or a hold, a sentence each (exit code 1 when it is unknown)',
    )
    .argument('<id>', 'ord_... or hold_..., as the API shows it')
    .option('--json', 'print the timeline as JSON')
    .action(async (text: string, options: { json?: boolean }) => {
      const of = subject(text);
      const { DATABASE_URL } = required(cli.config(), { DATABASE_URL: cli.config().databaseUrl });
      const db = openDatabase({ url: DATABASE_URL, poolMax: 1, name: 'holdfast explain' });
      try {
        const found = await timelineOf({ db }, of);
        if (found.status === 'unknown') {
          cli.say(`${text} is not in the records`);
          return cli.exit(exitCodes.failed);
        }
        cli.print(options, asJson(found), lines(found));
        if (!found.complete) cli.say('there is more of it than is told here; the oldest is told');
      } finally {
        await db.close();
      }
    });
};

function subject(text: string): { order: string } | { hold: string } {
  const order = readId('order', text);
  const hold = readId('hold', text);
  if (order !== undefined) return { order };
  if (hold !== undefined) return { hold };
  throw new Trouble(
    `"${text}" is not the id of an order or a hold`,
    'Give it as the API shows it: ord_ or hold_ and a UUID.',
    exitCodes.usage,
  );
}

/** Of a time with milliseconds; those of the provider are shorter, so that nobody reads its seconds as such. */
const timeWidth = 24;

function lines({ moments }: Timeline): string {
  return moments
    .map((moment) => `${shownAt(moment).padEnd(timeWidth)}  ${moment.source.padEnd(8)}  ${moment.said}`)
    .join('\n');
}

function asJson({ order, hold, event, complete, moments }: Timeline) {
  return {
    orderId: order && showId('order', order),
    holdId: hold && showId('hold', hold),
    eventId: showId('event', event),
    complete,
    moments: moments.map((moment) => ({ at: shownAt(moment), source: moment.source, said: moment.said })),
  };
}
