-- On which days a device logged in: active_day the last one, in days since the epoch, and bit n of active_bits n days before.
ALTER TABLE device
  ADD COLUMN active_day INT NOT NULL DEFAULT 0,
  ADD COLUMN active_bits INT UNSIGNED NOT NULL DEFAULT 0
