import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A job that looks at many orders keeps every other job from each of them meanwhile.',
  file: 'src/features/jobs/queues.ts',
  find: '(before ?? Promise.resolve()).then',
  replace: 'Promise.resolve().then',
  caughtBy: ['src/workers/tasks/turns.pg.test.ts'],
  named: 'works in many queues',
});
