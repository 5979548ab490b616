DROP TABLE ticketing.task_successes;
DROP TABLE ticketing.task_runners;
DROP FUNCTION ticketing.add_jobs;
DROP SCHEMA graphile_worker CASCADE;
