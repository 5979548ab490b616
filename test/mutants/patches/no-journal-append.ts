import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'Every change appends its facts to the journal.',
  file: 'src/inventory/lua/lib/commit.lua',
  find: `  redis.call('XADD', JOURNAL, EPOCH .. '-*', unpack(journal_entry()))
`,
  replace: '',
  caughtBy: contract,
});
