import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'Who asks is set for the transaction alone (set_config is not session-wide).',
  file: 'src/persistence/database.ts',
  find: `set_config('\${name}', '\${value}', true)`,
  replace: `set_config('\${name}', '\${value}', false)`,
  caughtBy: ['src/persistence/row-security.pg.test.ts'],
  named: '2000 requests of 40 people',
});
