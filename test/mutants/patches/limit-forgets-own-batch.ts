import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'The limit of a buyer counts what earlier baskets of the same call took.',
  file: 'src/inventory/lua/reserve.lua',
  find: `  local basket = parse_basket(text)
`,
  replace: `  buyers[buyer] = nil
  load_buyers({ buyer })
  local basket = parse_basket(text)
`,
  caughtBy: contract,
});
