import { expect, test } from 'vitest';
import { assertPartitions } from '../../src/app/stores.ts';
import { inTransaction, openDatabase } from '../../src/persistence/database.ts';
import { ensureWatermarks } from '../../src/persistence/queries/partitions.ts';
import { freshDatabase } from '../support/database.ts';

test('another number of partitions than the deployment began with is refused by name', async () => {
  const db = openDatabase({ url: await freshDatabase() });
  await assertPartitions(db, 16);
  await inTransaction(db, { role: 'worker' }, (tx) => ensureWatermarks(tx, 4));
  await assertPartitions(db, 4);
  await expect(assertPartitions(db, 16)).rejects.toMatchObject({
    fix: expect.stringContaining('PARTITIONS=4'),
  });
  await db.close();
});
