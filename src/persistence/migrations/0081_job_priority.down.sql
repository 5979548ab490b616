CREATE OR REPLACE FUNCTION ticketing.add_jobs(jobs json) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM graphile_worker.add_jobs(ARRAY(
    SELECT ROW(task, payload, NULL, run_at, max_attempts, key, NULL, flags)::graphile_worker.job_spec
    FROM json_to_recordset(jobs) AS job(task text, payload json, run_at timestamptz, max_attempts integer,
      key text, flags text[])));
END
$$;
