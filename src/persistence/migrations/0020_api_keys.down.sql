DROP TABLE ticketing.api_keys;
