import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'The last unit of a tier can be held: <= stands for <.',
  file: 'src/inventory/lua/lib/basket.lua',
  find: 'if free(line) < quantity then return false end',
  replace: 'if free(line) <= quantity then return false end',
  caughtBy: contract,
});
