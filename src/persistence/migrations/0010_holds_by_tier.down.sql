CREATE INDEX idx_ticket_holds_live ON ticketing.ticket_holds (event_id, expires_at) WHERE status = 'active';
