import { mutant } from '../mutant.ts';

export default mutant({
  breaks:
    'A Redis that lost its memory answers nothing until it was rebuilt: nobody but the rebuild sends scripts.',
  file: 'src/inventory/run.ts',
  find: `(await redis.evalsha(
        shaOf(script, partition, epoch),`,
  replace: `(await redis.eval(
        scriptText(script, partition, epoch, shaOf(script, partition, epoch) ? time : time),`,
  caughtBy: ['src/features/rebuild/rebuild.redis.test.ts'],
});
