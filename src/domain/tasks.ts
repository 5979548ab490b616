/**
 * Work that is done later and must not be lost: its name and what it is given. A job is added in the transaction that causes
 * it; what runs it is in src/workers/tasks, one file a task. A task may run twice, so each is safe to run again.
 */
export type Tasks = {
  /** A webhook or event of the provider that was stored: look at the payment again. `event` is its id in stripe_events. */
  settle_event: { event: string };
  /** Look at an order's payment, whatever it was that made one think of it. */
  settle_order: { order: string };
  /** A decided refund: ask the provider, then give the stock back. `refund` is an id of refund_log. */
  carry_out_refund: { refund: string };
  /** Capture an authorised payment whose sale is in the records. */
  capture_payment: { order: string };
  /** A mail that is due, by its id in mails. */
  send_mail: { mail: string };
  /** A full reconciliation, by its id in reconciliations. */
  reconcile: { reconciliation: string };
};

export type TaskName = keyof Tasks;
export type Job = {
  [Task in TaskName]: {
    task: Task;
    payload: Tasks[Task];
    /** One job of this key waits at a time; adding it again moves it. */
    key?: string;
    /** Jobs of one queue run one after the other, in the order they were added. */
    queue?: string;
    /** Unix ms; now when left out. */
    runAt?: number;
    maxAttempts?: number;
  };
}[TaskName];
