import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'Stock of another epoch is refused.',
  file: 'src/inventory/lua/lib/stock.lua',
  find: 'raw.epoch ~= EPOCH or ',
  replace: '',
  caughtBy: contract,
});
