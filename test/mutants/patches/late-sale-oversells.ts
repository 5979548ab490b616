import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A payment that came late gets units only when they are free.',
  file: 'src/inventory/lua/confirm.lua',
  find: 'if free(line) < item.quantity then return false end',
  replace: 'if free(line) + 1 < item.quantity then return false end',
  caughtBy: contract,
});
