import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A hold is extended as often as the sale allows, not once more.',
  file: 'src/inventory/lua/extend.lua',
  find: 'hold.extensions >= sale.extensions_max',
  replace: 'hold.extensions > sale.extensions_max',
  caughtBy: contract,
});
