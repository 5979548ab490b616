import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'Units are given back once per operation id.',
  file: 'src/inventory/lua/give-back.lua',
  find: `begin_operation('returned')`,
  replace: 'begin()',
  caughtBy: contract,
});
