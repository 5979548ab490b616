import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A hold that ended is not held again by a retry.',
  file: 'src/inventory/lua/reserve.lua',
  find: 'if ends[id] then',
  replace: 'if false then',
  caughtBy: contract,
});
