-- Installations of apps. last_login_at comes from receipts, so it may lag behind by seconds; null before the first login.
CREATE TABLE IF NOT EXISTS device (
  app_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  cid CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  platform VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  model VARCHAR(64),
  os VARCHAR(64),
  sdk VARCHAR(64),
  registered_at BIGINT NOT NULL,
  last_login_at BIGINT,
  PRIMARY KEY (app_id, cid)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
