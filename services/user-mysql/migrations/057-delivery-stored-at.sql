-- When the message was stored in the device's queue. Null: it is not known, or it was not stored. The last column, so that the
-- partitions stay as they are: none is copied.
ALTER TABLE delivery ADD COLUMN stored_at BIGINT NULL, ALGORITHM = INSTANT
