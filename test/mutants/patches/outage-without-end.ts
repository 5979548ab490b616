import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A hold lives on for 15 minutes of outages and no more.',
  file: 'src/inventory/lua/extend.lua',
  find: 'local deadline = math.min(NOW + cover, last)',
  replace: 'local deadline = NOW + cover',
  caughtBy: contract,
});
