DROP TABLE ticketing.ticket_events;
DROP TABLE ticketing.refund_log;
DROP TABLE ticketing.ticket_holds;
