DROP TABLE ticketing.tickets;
DROP TABLE ticketing.order_items;
DROP TABLE ticketing.orders;
DROP TABLE ticketing.ticket_tiers;
DROP TABLE ticketing.inventory_pools;
