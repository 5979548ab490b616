/** What a person adds to a document, on the command line or when asked: one table of what can be missing. */
import { isCurrency } from '../../domain/currency.ts';
import type { Finding, Need } from '../../domain/event-markup/finding.ts';
import type { ReadOptions } from '../../domain/event-markup/reader.ts';
import { isZone } from '../../domain/zone.ts';

type Answer = {
  option: string;
  question: string;
  /** What is wrong with an answer, or undefined. */
  wrong(text: string): string | undefined;
  apply(text: string): ReadOptions;
};

function oneOf(...words: string[]) {
  return (text: string) => (words.includes(text) ? undefined : `must be ${words.join(' or ')}`);
}

export const answers: Record<Need, Answer> = {
  zone: {
    option: '--zone',
    question: 'In which time zone is it (such as Europe/Berlin)?',
    wrong: (text) => (isZone(text) ? undefined : 'must be an IANA time zone, such as America/New_York'),
    apply: (zone) => ({ zone }),
  },
  currency: {
    option: '--currency',
    question: 'In which currency are the prices (such as EUR)?',
    wrong: (text) => (isCurrency(text) ? undefined : 'must be an ISO 4217 code, such as EUR'),
    apply: (currency) => ({ currency }),
  },
  capacity: {
    option: '--capacity',
    question: 'How many tickets does the event have in all?',
    wrong: (text) =>
      /^\d{1,8}$/.test(text) && Number(text) <= 10_000_000
        ? undefined
        : 'must be a whole number up to 10000000',
    apply: (text) => ({ capacity: Number(text) }),
  },
  price: {
    option: '--price',
    question: 'What does a ticket cost (0 is free)?',
    wrong: (text) => (/^\d{1,8}([.,]\d{1,4})?$/.test(text) ? undefined : 'must be an amount, such as 45.00'),
    apply: (price) => ({ price }),
  },
  range: {
    option: '--range',
    question: 'Which of the two prices does a ticket cost, the low or the high one?',
    wrong: oneOf('low', 'high'),
    apply: (text) => ({ range: text === 'low' ? 'low' : 'high' }),
  },
  overlap: {
    option: '--overlap',
    question: 'Which of the two times is meant, the earlier or the later one?',
    wrong: oneOf('earlier', 'later'),
    apply: (text) => ({ overlap: text === 'earlier' ? 'earlier' : 'later' }),
  },
  window: {
    option: '--window',
    question: 'Type "widest" to sell all tiers from the first opening to the last closing.',
    wrong: oneOf('widest'),
    apply: () => ({ window: 'widest' }),
  },
};

/** What would mend a document's errors, each once. */
export function needsOf(list: Finding[]): Need[] {
  return [...new Set(list.flatMap(({ level, need }) => (level === 'error' && need ? [need] : [])))];
}

/** Undefined: leave it as it is. */
export type Ask = (
  question: string,
  wrong: (text: string) => string | undefined,
) => Promise<string | undefined>;

/** Asks for each thing that is missing, and adds the answers. */
export async function completed(options: ReadOptions, needs: Need[], ask: Ask): Promise<ReadOptions> {
  let so = options;
  for (const need of needs) {
    const { question, wrong, apply } = answers[need];
    const text = await ask(question, wrong);
    if (text !== undefined) so = { ...so, ...apply(text) };
  }
  return so;
}
