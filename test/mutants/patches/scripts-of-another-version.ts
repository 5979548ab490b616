import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A partition that was opened by another version gets the scripts of the worker that starts.',
  file: 'src/features/rebuild/watch.ts',
  find: 'if (!ours[index]) return isPatient(partition);',
  replace: 'if (!ours[index]) return true;',
  caughtBy: ['src/features/rebuild/rebuild.redis.test.ts'],
  named: 'gets the scripts of the worker that starts',
});
