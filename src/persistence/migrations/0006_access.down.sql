DO $$
DECLARE
  policy record;
  tenant record;
BEGIN
  FOR policy IN SELECT schemaname, tablename, policyname FROM pg_policies WHERE schemaname = 'ticketing' LOOP
    EXECUTE format('DROP POLICY %I ON %I.%I', policy.policyname, policy.schemaname, policy.tablename);
  END LOOP;
  FOR tenant IN SELECT oid::regclass AS name FROM pg_class
    WHERE relnamespace = 'ticketing'::regnamespace AND relrowsecurity AND relname !~ '_y\d{4}m\d{2}$' LOOP
    EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY', tenant.name);
  END LOOP;
END
$$;
DROP FUNCTION ticketing.current_uid;
REVOKE ALL ON ALL TABLES IN SCHEMA events, ticketing FROM holdfast_app, holdfast_worker, holdfast_readonly;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ticketing FROM holdfast_app, holdfast_worker, holdfast_readonly;
REVOKE ALL ON SCHEMA events, ticketing FROM holdfast_app, holdfast_worker, holdfast_readonly, holdfast_backup;
