/** The tables of jobs and reconciliations, as schema.ts has the others. */
import type { ColumnType } from 'kysely';

type TimeDefault = ColumnType<Date, Date | string | undefined, Date | string>;

export type TaskRunnersTable = { id: string; started_at: TimeDefault; heard_at: TimeDefault };
export type TaskSuccessesTable = { task: string; at: TimeDefault };
