/** What the person at the terminal, the options or a file of answers say about the repair. */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { z } from 'zod';
import { isUuid } from '../../domain/ids.ts';
import type { Answer } from '../../features/legacy/repair.ts';
import type { LegacyReport } from '../../features/legacy/report.ts';
import { exitCodes, reasonOf, Trouble } from '../../platform/trouble.ts';
import { tierName } from './text.ts';

const file = z.strictObject({
  relocate: z.array(z.string()).default([]),
  otherwise: z.enum(['last', 'later']).default('last'),
});

/** Of `--relocate`, which may be said again and again, and of the file. Throws Trouble for what is no ticket id. */
export function readAnswers(relocate: string[], path: string | undefined): Answer {
  const given = path === undefined ? { relocate: [], otherwise: 'last' as const } : readFile(path);
  const words = [...given.relocate, ...relocate];
  const later = words.includes('later');
  const tickets = words
    .filter((word) => word !== 'later' && word !== 'last')
    .map((word) => word.toLowerCase().replace(/^tkt_/, ''));
  const wrong = tickets.filter((ticket) => !isUuid(ticket));
  if (wrong.length > 0) {
    throw new Trouble(
      `--relocate takes the id of a ticket, last or later, and not ${wrong.join(', ')}`,
      'The report lists tickets to choose from.',
      exitCodes.usage,
    );
  }
  return { tickets: [...new Set(tickets)], otherwise: later ? 'later' : given.otherwise };
}

function readFile(path: string): z.infer<typeof file> {
  try {
    return file.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : reasonOf(error);
    throw new Trouble(
      `${path} is no file of answers: ${why}`,
      'Write {"relocate": ["TICKET"], "otherwise": "last"}; otherwise may be "later".',
      exitCodes.usage,
    );
  }
}

export type Ask = (question: string) => Promise<string>;

/** Undefined when it is not wanted. Each oversold tier is asked about by itself. */
export async function askAll(
  report: LegacyReport,
  given: Answer,
  ask: Ask,
): Promise<Map<string, Answer> | undefined> {
  const wanted = await ask('Import this, and repair what is wrong with it? [y/N] ');
  if (!/^y(es)?$/i.test(wanted.trim())) return undefined;
  const answers = new Map<string, Answer>();
  for (const tier of report.oversold) answers.set(tier.tier, await askTier(tier, given, ask));
  return answers;
}

async function askTier(tier: LegacyReport['oversold'][number], given: Answer, ask: Ask): Promise<Answer> {
  const chosen: string[] = [];
  while (chosen.length < tier.excess) {
    const text = await ask(
      `${tierName(tier)}: ${tier.tickets} tickets for ${tier.capacity} places. Which ticket is moved or refunded? ` +
        '[its id; Enter: the one issued last; later: nobody yet, and the tier stays closed] ',
    );
    const word = text.trim().toLowerCase().replace(/^tkt_/, '');
    if (word === '' || word === 'later') {
      return { tickets: [...given.tickets, ...chosen], otherwise: word === 'later' ? 'later' : 'last' };
    }
    // Whether it is a ticket of this tier is found out before anything is written.
    if (isUuid(word) && !chosen.includes(word)) chosen.push(word);
  }
  return { tickets: [...given.tickets, ...chosen], otherwise: 'later' };
}

export function createTerminal(): { ask: Ask; close(): void } {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  return { ask: (question) => terminal.question(question), close: () => terminal.close() };
}
