import { expect, test } from 'vitest';
import type { LegacyReport } from '../../features/legacy/report.ts';
import { askAll } from './answers.ts';

const [first, second] = ['01939a00-0000-4000-8000-000000000001', '01939a00-0000-4000-8000-000000000002'];
const tier = { eventName: 'Gala', tierName: 'VIP', tier: 't', capacity: 1, tickets: 3, excess: 2 };
const report = { oversold: [tier] } as unknown as LegacyReport;
const given = { tickets: [], otherwise: 'last' as const };

/** Answers one after the other; what is asked beyond them is a mistake of the dialog. */
async function dialog(...words: string[]) {
  const questions: string[] = [];
  const answers = await askAll(report, given, async (question) => {
    questions.push(question);
    const word = words.shift();
    if (word === undefined) throw new Error(`nobody expected the question: ${question}`);
    return word;
  });
  return { answer: answers?.get('t'), questions };
}

test('nothing is done without a yes, and the oversold tier is asked about by name', async () => {
  expect(await dialog('')).toMatchObject({
    answer: undefined,
    questions: [expect.stringContaining('[y/N]')],
  });
  const { questions } = await dialog('y', '');
  expect(questions[1]).toContain('Gala, VIP: 3 tickets for 1 places');
});

test.each([
  [['y', ''], { tickets: [], otherwise: 'last' }],
  [['yes', 'later'], { tickets: [], otherwise: 'later' }],
  [['y', first, ''], { tickets: [first], otherwise: 'last' }],
  [['y', `tkt_${first}`, 'what?', first, second], { tickets: [first, second], otherwise: 'later' }],
])('%j', async (words, answer) => {
  expect((await dialog(...(words as string[]))).answer).toEqual(answer);
});
