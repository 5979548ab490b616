import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A rebuild gives the time of the outage back to every live hold.',
  file: 'src/features/rebuild/rebuild.ts',
  find: `current.map(({ event }) => event),
    outageMs,`,
  replace: `current.map(({ event }) => event),
    0,`,
  caughtBy: ['src/features/rebuild/rebuild.redis.test.ts'],
});
