-- Devices that get nothing and may not log in.
CREATE TABLE IF NOT EXISTS blacklist (
  app_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  cid CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  added_at BIGINT NOT NULL,
  PRIMARY KEY (app_id, cid)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
