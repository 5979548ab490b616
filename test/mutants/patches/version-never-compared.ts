import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'An event is read as soon as its version moves, not only once in a while.',
  file: 'src/inventory/feed.ts',
  find: 'one.still < ticksStill || one.last?.version !== version',
  replace: 'one.still < ticksStill',
  caughtBy: ['src/inventory/feed.redis.test.ts'],
});
