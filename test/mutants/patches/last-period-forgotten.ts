import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'An end is remembered across the change of the period, two hours at least.',
  file: 'src/inventory/lua/lib/hold.lua',
  find: 'if written[parity] >= period - 1 then',
  replace: 'if written[parity] >= period then',
  caughtBy: contract,
});
