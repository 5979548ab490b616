import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'Stock of another epoch is refused.',
  file: 'src/inventory/lua/lib/stock.lua',
  find: 'raw.epoch ~= EPOCH or ',
  replace: '',
  caughtBy: ['src/inventory/fence.redis.test.ts'],
});
