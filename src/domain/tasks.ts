/**
 * Work that is done later and must not be lost: its name and what it is given. A job is added in the transaction that causes
 * it; what runs it is in src/workers/tasks, one file a task. A task may run twice, so each is safe to run again.
 */
export type Tasks = {
  /**
   * Events of the provider that were stored at the same time and each name an order: look at the payments of those. `event` is its
   * id in stripe_events.
   */
  settle_events: { told: { event: string; order: string }[] };
  /** One such event, whatever it names. */
  settle_event: { event: string };
  /** Look at an order's payment, whatever it was that made one think of it. */
  settle_order: { order: string };
  /** A decided refund: ask the provider, then give the stock back. `refund` is an id of refund_log. */
  carry_out_refund: { refund: string };
  /** The next orders of a cancelled event, until none of it is paid. */
  refund_event: { event: string };
  /** Capture an authorised payment whose sale is in the records. */
  capture_payment: { order: string };
  /** A mail that is due, by its id in mails. */
  send_mail: { mail: string };
  /** Mails of the same moment. */
  send_mails: { mails: string[] };
  /** A full reconciliation, by its id in reconciliations. */
  reconcile: { reconciliation: string };
  /** Every night: a full reconciliation, in the mode the deployment has set. */
  reconcile_nightly: object;
  /** On the first of a month: the whole ledger of every event. */
  audit_monthly: object;
  /** Every hour: what is kept for a time only is removed. */
  prune: object;
  /** Every quarter of an hour: the copy of the sales by hour. */
  refresh_sales_velocity: object;
};

export type TaskName = keyof Tasks;
export type Job = {
  [Task in TaskName]: {
    task: Task;
    payload: Tasks[Task];
    /** One job of this key waits at a time; adding it again moves it. */
    key?: string;
    /** Jobs of one queue never run at the same time; who waits begins in about the order in which they were added. */
    queue?: string;
    /** A process runs one job of a lane at a time, whatever others do: work that can wait leaves the places to what cannot. */
    lane?: string;
    /** Unix ms; now when left out. */
    runAt?: number;
    maxAttempts?: number;
    /** Smaller is sooner; 0 when left out. Of the same, what is due first comes first. */
    priority?: number;
  };
}[TaskName];
