/** A process that takes one job and never ends it, to be killed: `node --import tsx hold-job.ts DATABASE_URL`. */
import { createEars } from '../../src/features/jobs/hear.ts';
import { openDatabase } from '../../src/persistence/database.ts';
import { openJobPool } from '../../src/persistence/job-pool.ts';
import { startTasks } from '../../src/workers/tasks/index.ts';

const url = process.argv[2] ?? '';
const db = openDatabase({ url, poolMax: 2 });
startTasks({
  pool: openJobPool({ url, concurrency: 1, statementMs: 5_000 }),
  ears: createEars(db, () => performance.now(), { everyMs: 100, silentMs: 60_000 }),
  log: { info() {}, warn() {}, error() {} },
  concurrency: 1,
  stopMs: 1_000,
  tasks: {
    settle_order: () => {
      process.stdout.write('taken\n');
      return new Promise(() => undefined);
    },
  },
});
