import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A capacity never falls below what is held, sold and withheld.',
  file: 'src/inventory/lua/lib/stock.lua',
  find: 'return line.held + line.sold + line.withheld',
  replace: 'return line.held + line.sold',
  caughtBy: contract,
});
