import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A hold is ended by its own buyer only.',
  file: 'src/inventory/lua/lib/end-hold.lua',
  find: `if hold and (buyer == '-' or hold.buyer == buyer) then return hold end`,
  replace: 'if hold then return hold end',
  caughtBy: contract,
});
