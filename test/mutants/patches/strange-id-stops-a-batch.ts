import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'An order of another system, told together with ours, keeps ours from nothing.',
  file: 'src/workers/tasks/list.ts',
  find: "z.string().refine(isUuid, 'Invalid UUID')",
  replace: 'z.uuid()',
  caughtBy: ['test/e2e/settling-together.test.ts'],
  named: 'an order that nobody knows',
});
