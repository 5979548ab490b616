import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'Who asks is set for the transaction alone (SET LOCAL, and not SET).',
  file: 'src/persistence/database.ts',
  find: `SET LOCAL \${name} = \${value}`,
  replace: `SET \${name === 'app.uid' ? '' : 'LOCAL'} \${name} = \${value}`,
  caughtBy: ['src/persistence/row-security.pg.test.ts'],
  named: '2000 requests of 40 people',
});
