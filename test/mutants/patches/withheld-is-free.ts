import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'Withheld units are not on sale.',
  file: 'src/inventory/lua/lib/stock.lua',
  find: '- line.sold - line.withheld - line.spoken',
  replace: '- line.sold - line.spoken',
  caughtBy: contract,
});
