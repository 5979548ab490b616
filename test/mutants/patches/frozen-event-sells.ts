import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A frozen event holds nothing new.',
  file: 'src/inventory/lua/lib/stock.lua',
  find: `  if stock.frozen == '1' then return { 'event_frozen' } end
`,
  replace: '',
  caughtBy: contract,
});
