CREATE OR REPLACE VIEW ticketing.default_partition_rows WITH (security_invoker = true) AS
SELECT 'ticket_holds' AS table_name, count(*) AS row_count FROM ticketing.ticket_holds_default
UNION ALL SELECT 'ticket_events', count(*) FROM ticketing.ticket_events_default
UNION ALL SELECT 'inventory_journal', count(*) FROM ticketing.inventory_journal_default;
DROP TABLE ticketing.incidents;
