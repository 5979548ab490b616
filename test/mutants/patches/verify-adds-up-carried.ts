import { ledger, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'verify folds counters of its own and never takes over the ones a fact carries.',
  file: 'src/domain/ledger-rules.ts',
  find: '  const miscarried = carried(book, fact, moved);',
  replace: `  for (const { line, ...counters } of fact.after) Object.assign(book.lines.get(line) ?? {}, counters);
  const miscarried = carried(book, fact, moved);`,
  caughtBy: ledger,
});
