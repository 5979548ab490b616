import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A line on its way to a smaller capacity gives up what is freed.',
  file: 'src/inventory/lua/lib/end-hold.lua',
  find: `  if not line.target then return end
`,
  replace: `  if line then return end
`,
  caughtBy: contract,
});
