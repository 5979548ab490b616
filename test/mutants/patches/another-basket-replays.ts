import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'The same key with another basket is refused.',
  file: 'src/inventory/lua/reserve.lua',
  find: 'if known.buyer ~= buyer or basket_of(known.items) ~= text then',
  replace: 'if known.buyer ~= buyer then',
  caughtBy: contract,
});
