-- The first id of a month: a UUIDv7 whose time is the month's first millisecond and whose other bits are 0.
CREATE FUNCTION ticketing.first_id_of(month timestamptz) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog
RETURN (lpad(to_hex(floor(extract(epoch FROM month) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;

-- Makes the monthly partitions (UTC) around now that are missing, and says what it did. Safe to call again and from
-- several places at once. A month whose rows went to DEFAULT already cannot be made: that is reported, not raised.
-- Built as a table of its own and attached, because CREATE TABLE PARTITION OF would lock the parent against readers.
CREATE FUNCTION ticketing.create_partitions(months_back integer DEFAULT 0, months_ahead integer DEFAULT 3)
RETURNS TABLE (partition_name text, outcome text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET timezone = 'UTC' SET lock_timeout = '1s' AS $$
DECLARE
  parent text;
  month timestamptz;
  bounds text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('ticketing.create_partitions'));
  FOREACH parent IN ARRAY ARRAY['ticket_holds', 'ticket_events', 'inventory_journal'] LOOP
    FOR offset_months IN -months_back .. months_ahead LOOP
      month := date_trunc('month', now()) + make_interval(months => offset_months);
      partition_name := format('%s_y%sm%s', parent, to_char(month, 'YYYY'), to_char(month, 'MM'));
      CONTINUE WHEN to_regclass('ticketing.' || partition_name) IS NOT NULL;
      bounds := CASE WHEN parent = 'inventory_journal'
        THEN format('FROM (%L) TO (%L)', month, month + interval '1 month')
        ELSE format('FROM (%L) TO (%L)', ticketing.first_id_of(month), ticketing.first_id_of(month + interval '1 month'))
      END;
      BEGIN
        EXECUTE format('CREATE TABLE ticketing.%I (LIKE ticketing.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)',
          partition_name, parent);
        EXECUTE format('ALTER TABLE ticketing.%I ATTACH PARTITION ticketing.%I FOR VALUES %s',
          parent, partition_name, bounds);
        -- Policies belong to the parent. With none of its own, a partition asked by its own name shows nothing.
        IF parent <> 'inventory_journal' THEN
          EXECUTE format('ALTER TABLE ticketing.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', partition_name);
        END IF;
        outcome := 'created';
      EXCEPTION
        WHEN check_violation THEN outcome := 'rows_in_default';
        WHEN lock_not_available THEN outcome := 'busy';
      END;
      RETURN NEXT;
    END LOOP;
  END LOOP;
END
$$;

SELECT count(*) FROM ticketing.create_partitions(2, 18);

-- Anything but 0 means a month was not made in time, or rows were imported with ids that carry no time.
CREATE VIEW ticketing.default_partition_rows WITH (security_invoker = true) AS
SELECT 'ticket_holds' AS table_name, count(*) AS row_count FROM ticketing.ticket_holds_default
UNION ALL SELECT 'ticket_events', count(*) FROM ticketing.ticket_events_default
UNION ALL SELECT 'inventory_journal', count(*) FROM ticketing.inventory_journal_default;
