import { mutant } from '../mutant.ts';

export default mutant({
  breaks: 'A client that caught up gets the latest value.',
  file: 'src/realtime/connection.ts',
  find: 'for (const subscription of late) bringUpToDate(subscription);',
  replace: 'void bringUpToDate;',
  caughtBy: ['test/e2e/live-ends.test.ts'],
});
