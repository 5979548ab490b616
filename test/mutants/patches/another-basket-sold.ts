import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'What is sold is what the order is of.',
  file: 'src/inventory/lua/confirm.lua',
  find: 'basket_of(contents_of(hold.items_text).items) ~= basket_of(given)',
  replace: "ARGV[6] == ''",
  caughtBy: contract,
});
