import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'The number of live holds falls with each end.',
  file: 'src/inventory/lua/lib/end-hold.lua',
  find: 'stock.live = stock.live - 1',
  replace: 'stock.live = stock.live',
  caughtBy: contract,
});
