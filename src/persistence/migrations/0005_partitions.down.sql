DROP VIEW ticketing.default_partition_rows;
DROP FUNCTION ticketing.create_partitions;
-- The monthly partitions stay: they belong to tables of the migrations before, which drop them.
DROP FUNCTION ticketing.first_id_of;
