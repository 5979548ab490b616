import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A deadline of a hold without a record says that Redis is not whole.',
  file: 'src/inventory/lua/lib/end-hold.lua',
  find: 'if not records[n] then return nil end',
  replace: '',
  caughtBy: ['src/inventory/fence.redis.test.ts'],
});
