-- A job may say how soon it is wanted (smaller is sooner). Without that, thousands of letters that wait stand before every payment
-- that came after them, and whoever looks for a payment to settle passes over all of them each time. The statements inside are
-- planned once a session: planning them anew cost more than running them.
CREATE OR REPLACE FUNCTION ticketing.add_jobs(jobs json) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM graphile_worker.add_jobs(ARRAY(
    SELECT ROW(task, payload, NULL, run_at, max_attempts, key, priority, flags)::graphile_worker.job_spec
    FROM json_to_recordset(jobs) AS job(task text, payload json, run_at timestamptz, max_attempts integer,
      key text, priority smallint, flags text[])));
END
$$;
