/** The table of scans at the door, as schema.ts has the others. */
import type { ColumnType } from 'kysely';

export type CheckinResult =
  | 'ok'
  | 'duplicate'
  | 'void'
  | 'suspended'
  | 'refunding'
  | 'old_generation'
  | 'expired_code';

export type CheckinsTable = {
  /** Derived from the scan: key, device and Idempotency-Key, or what an offline scanner uploads. */
  id: string;
  ticket_id: string;
  event_id: string;
  generation: number;
  /** At most one `ok` per ticket. */
  result: CheckinResult;
  gate: string;
  device_id: string;
  key_name: string;
  offline: boolean;
  /** By the scanner's clock where it was offline. */
  scanned_at: Date;
  received_at: ColumnType<Date, Date | string | undefined, Date | string>;
};
