/** List the keys: names, scopes and dates; nobody can show a key itself. */
import type { Database } from '../../persistence/database.ts';
import { type ApiKeyRow, allKeys } from '../../persistence/queries/api-keys.ts';

export type { ApiKeyRow };

export function listKeys(db: Database): Promise<ApiKeyRow[]> {
  return allKeys(db);
}
