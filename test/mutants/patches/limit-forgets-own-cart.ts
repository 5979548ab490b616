import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'The limit per event counts the whole cart, not each line of it.',
  file: 'src/inventory/lua/lib/basket.lua',
  find: 'if limit > 0 and buyer.total + basket.total > limit then return false end',
  replace: 'if limit > 0 and buyer.total + basket.items[1].quantity > limit then return false end',
  caughtBy: contract,
});
