-- Jobs are graphile-worker's (its schema is installed before the migrations, see job-schema.ts). Whoever has something to be
-- done later adds it here, inside the transaction that causes it: the function answers nothing, so nobody reads through it.
CREATE FUNCTION ticketing.add_jobs(jobs json) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM graphile_worker.add_jobs(ARRAY(
    SELECT ROW(task, payload, NULL, run_at, max_attempts, key, NULL, flags)::graphile_worker.job_spec
    FROM json_to_recordset(jobs) AS job(task text, payload json, run_at timestamptz, max_attempts integer,
      key text, flags text[])));
END
$$;
REVOKE EXECUTE ON FUNCTION ticketing.add_jobs FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ticketing.add_jobs TO holdfast_app, holdfast_worker;

-- Which runners live. One that is not heard of any more was killed, and what it had begun is given to another.
CREATE TABLE ticketing.task_runners (
  id text PRIMARY KEY,
  started_at timestamptz NOT NULL DEFAULT now(),
  heard_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, UPDATE, DELETE ON ticketing.task_runners TO holdfast_worker;
GRANT SELECT ON ticketing.task_runners TO holdfast_readonly, holdfast_backup;

-- When each task was last done, for the alert about work that never happens. It outlives the processes.
CREATE TABLE ticketing.task_successes (
  task text PRIMARY KEY,
  at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON ticketing.task_successes TO holdfast_worker;
GRANT SELECT ON ticketing.task_successes TO holdfast_app, holdfast_readonly, holdfast_backup;
