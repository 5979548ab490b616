import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A hold is extended inside the warning window only.',
  file: 'src/inventory/lua/extend.lua',
  find: 'if hold.deadline - NOW > sale.window then',
  replace: 'if false then',
  caughtBy: contract,
});
