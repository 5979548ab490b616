import { ledger, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'verify sees that a hold ends twice.',
  file: 'src/domain/ledger-rules.ts',
  find: `      book.endHold(fact.hold, fact.kind, fact.at);
`,
  replace: `      if (fact.kind === 'expired') book.endHold(fact.hold, fact.kind, fact.at);
`,
  caughtBy: ledger,
});
