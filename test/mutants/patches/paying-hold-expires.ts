import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A hold that is being paid is ended by no deadline.',
  file: 'src/inventory/lua/pin.lua',
  find: `if hold.state == 'active' then writes.undue[#writes.undue + 1] = id end`,
  replace: '',
  caughtBy: contract,
});
