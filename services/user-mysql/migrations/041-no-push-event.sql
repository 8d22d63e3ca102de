-- Everything of it is in delivery and custom_event. Without it a user-mysql of before applies no more receipts: they wait on
-- the bus for one of now.
DROP TABLE IF EXISTS push_event
