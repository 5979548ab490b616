import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A capacity never falls below what is committed, unless it drains.',
  file: 'src/inventory/lua/resize.lua',
  find: `if not drain then return { 'capacity_below_committed', minimum } end`,
  replace: '',
  caughtBy: contract,
});
