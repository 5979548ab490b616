import { contract, mutant } from '../mutant.ts';

export default mutant({
  breaks: 'What is given back by name is void in Redis in the same call.',
  file: 'src/inventory/lua/give-back.lua',
  find: `redis.call('SADD', VOIDED, ticket)`,
  replace: `redis.call('SISMEMBER', VOIDED, ticket)`,
  caughtBy: contract,
});
