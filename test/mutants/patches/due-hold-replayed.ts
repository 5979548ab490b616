import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A reserve is not answered with a hold that is over.',
  file: 'src/inventory/lua/reserve.lua',
  find: `if known and known.state == 'active' and known.deadline <= NOW then`,
  replace: 'if false then',
  caughtBy: contract,
});
