import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A list of void tickets that was lost is noticed, and never taken for an empty one.',
  file: 'src/inventory/lua/voided.lua',
  find: `if redis.call('EXISTS', VOIDED) == 0 then return { 'fenced' } end`,
  replace: '',
  caughtBy: ['test/e2e/tickets-records-down.test.ts'],
  named: 'without Postgres',
});
