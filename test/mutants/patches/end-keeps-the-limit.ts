import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'The end of a hold frees the limit of its buyer.',
  file: 'src/inventory/lua/lib/end-hold.lua',
  find: 'buyer_move(hold.buyer, item.tier, -item.quantity)',
  replace: '',
  caughtBy: contract,
});
