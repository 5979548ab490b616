REVOKE UPDATE (actor_user_id) ON ticketing.ticket_events FROM holdfast_worker;
ALTER TABLE ticketing.contacts DROP COLUMN user_id;
DROP TABLE ticketing.sign_in_links;
DROP TABLE ticketing.mails;
