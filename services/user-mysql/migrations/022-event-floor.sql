-- The first day whose events are kept, in one row: raised before a partition is dropped, so that an event that comes after
-- it isn't taken for a new one.
CREATE TABLE IF NOT EXISTS event_floor (
  id TINYINT NOT NULL,
  day INT NOT NULL,
  PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
