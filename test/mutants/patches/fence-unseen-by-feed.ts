import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'The feed tells a partition of a later epoch from one where nothing happens.',
  file: 'src/inventory/versions.ts',
  find: 'if (later.length > 0) found.fenced.push(partition);',
  replace: 'void later;',
  caughtBy: ['test/e2e/live-faults.test.ts'],
});
