import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'An event with holds is not retired.',
  file: 'src/inventory/lua/retire.lua',
  find: 'if stock.live > 0 then return',
  replace: 'if stock.live > 100 then return',
  caughtBy: contract,
});
