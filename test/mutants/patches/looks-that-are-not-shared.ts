import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A crowd that waits for the records looks at them with one connection at a time.',
  file: 'src/features/shared-look.ts',
  find: 'if (!looking) void run();',
  replace: 'void run();',
  caughtBy: ['src/features/batched.test.ts'],
});
