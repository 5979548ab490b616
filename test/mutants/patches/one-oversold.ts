import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'No more is held than there is.',
  file: 'src/inventory/lua/lib/basket.lua',
  find: 'if free(line) < quantity then return false end',
  replace: 'if free(line) + 1 < quantity then return false end',
  caughtBy: contract,
});
