-- Where devices are reached while they have no connection: one subscription of each kind, as JSON text that is always the
-- same for the same subscription.
CREATE TABLE IF NOT EXISTS channel (
  app_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  cid CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  subscription VARCHAR(4096) NOT NULL,
  set_at BIGINT NOT NULL,
  PRIMARY KEY (app_id, cid, kind)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
