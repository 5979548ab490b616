import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'Two tiers of one cart that draw on one pool are summed.',
  file: 'src/inventory/lua/lib/basket.lua',
  find: 'basket.wanted[item.pool] = (basket.wanted[item.pool] or 0) + item.quantity',
  replace: 'basket.wanted[item.pool] = item.quantity',
  caughtBy: contract,
});
