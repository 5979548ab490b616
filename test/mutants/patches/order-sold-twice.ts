import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'An order is sold once, however often it is confirmed.',
  file: 'src/inventory/lua/confirm.lua',
  find: `string.match(ends[order] or '', `,
  replace: `string.match('', `,
  caughtBy: contract,
});
