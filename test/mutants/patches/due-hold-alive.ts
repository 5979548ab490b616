import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A hold is over at its deadline, not a moment later.',
  file: 'src/inventory/lua/lib/end-hold.lua',
  find: `if hold.state == 'active' and hold.deadline <= NOW then`,
  replace: `if hold.state == 'active' and hold.deadline + 60000 <= NOW then`,
  caughtBy: contract,
});
