-- The roles every database of this cluster shares. Run by the login user before any migration, as often as one likes.
--
-- None of them can log in: a login is granted the roles it may take, and every transaction takes exactly one of them with
-- SET LOCAL ROLE (see database.ts). So not even the superuser of the embedded server runs a query of ours as itself.
--
--   holdfast_owner     owns every object and runs the migrations; row-level security is forced on it too
--   holdfast_app       serves people: sees a person's rows only when app.uid says who that is; writes no counter
--   holdfast_worker    folds the journal: the only writer of counters, holds, tickets and the ledger; it acts for everybody, and
--                      is exempt from row-level security (BYPASSRLS) because COPY is refused to anybody it applies to
--   holdfast_readonly  reads for operators and reports, all rows of the sale; never serves a person's request
--   holdfast_backup    reads everything, row-level security included (BYPASSRLS), because a dump must be whole
DO $$
DECLARE
  role_name text;
  login text := session_user;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['holdfast_owner', 'holdfast_app', 'holdfast_worker', 'holdfast_readonly', 'holdfast_backup']
  LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', role_name);
      -- Another database of the same cluster may be migrating at this very moment.
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
      END;
    END IF;
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = login) AND NOT pg_has_role(login, role_name, 'member') THEN
      EXECUTE format('GRANT %I TO %I', role_name, login);
    END IF;
  END LOOP;

  FOREACH role_name IN ARRAY ARRAY['holdfast_backup', 'holdfast_worker'] LOOP
    CONTINUE WHEN (SELECT rolbypassrls FROM pg_roles WHERE rolname = role_name);
    BEGIN
      EXECUTE format('ALTER ROLE %I BYPASSRLS', role_name);
    EXCEPTION WHEN insufficient_privilege THEN
      RAISE WARNING '% cannot be given BYPASSRLS by %: %', role_name, login, CASE role_name
        WHEN 'holdfast_backup' THEN 'dumps taken with it will lack rows of buyers'
        ELSE 'hold rows are inserted and not copied, and the journal worker does half as much' END;
    END;
  END LOOP;

  EXECUTE format('GRANT CREATE, CONNECT, TEMPORARY ON DATABASE %I TO holdfast_owner', current_database());
  GRANT USAGE, CREATE ON SCHEMA public TO holdfast_owner;
END
$$;
