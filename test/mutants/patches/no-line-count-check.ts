import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'An event hash that lost a field is refused.',
  file: 'src/inventory/lua/lib/stock.lua',
  find: ' or #flat ~= 12 + 2 * (tonumber(raw.lines) or -1)',
  replace: '',
  caughtBy: ['src/inventory/fence.redis.test.ts'],
});
