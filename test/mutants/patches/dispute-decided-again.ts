import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'What a bank has decided stays decided.',
  file: 'src/persistence/queries/disputes.ts',
  find: `    where d.state = 'open' and excluded.state <> 'open'`,
  replace: `    where d.state <> excluded.state`,
  caughtBy: ['test/e2e/called-off.test.ts'],
  named: 'a chargeback',
});
