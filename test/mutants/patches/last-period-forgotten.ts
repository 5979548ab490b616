import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'An end is remembered across the change of the period, two hours at least.',
  file: 'src/inventory/lua/lib/hold.lua',
  find: 'if written == period or written == period - 1 then',
  replace: 'if written == period then',
  caughtBy: contract,
});
