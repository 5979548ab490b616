ALTER TABLE ticketing.contacts DROP COLUMN user_id;
DROP TABLE ticketing.sign_in_links;
DROP TABLE ticketing.mails;
