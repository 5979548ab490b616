import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'Nothing is refused for want of stock while holds are due that one call could not reclaim.',
  file: 'src/inventory/lua/reserve.lua',
  find: `return { more and status ~= 'tier_unknown' and 'reclaim_pending' or status, conflicts }`,
  replace: 'return { status, conflicts }',
  caughtBy: contract,
});
