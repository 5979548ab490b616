import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'Every change appends its facts to the journal.',
  file: 'src/inventory/lua/lib/commit.lua',
  find: `if not redis.call('XADD', JOURNAL, 'NOMKSTREAM', EPOCH .. '-*', unpack(journal_entry())) then`,
  replace: 'if not journal_entry() then',
  caughtBy: contract,
});
