import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A sale is open from the very millisecond it opens: <= stands for <.',
  file: 'src/inventory/lua/lib/stock.lua',
  find: 'if NOW < sale.opens then',
  replace: 'if NOW <= sale.opens then',
  caughtBy: contract,
});
