-- Rows that binders lock before they count an alias' cids: an alias that has none yet has no row of its own to lock.
-- A bucket is a hash of the alias, so a table of aliases of any size needs a few rows an app.
CREATE TABLE IF NOT EXISTS alias_lock (
  app_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  bucket SMALLINT NOT NULL,
  PRIMARY KEY (app_id, bucket)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
