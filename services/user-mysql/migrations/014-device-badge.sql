-- The number on a device's app icon, for channels of vendors that want the number itself. change_id names the change made
-- last, so that one that is repeated counts once.
CREATE TABLE IF NOT EXISTS device_badge (
  app_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  cid CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  badge INT NOT NULL,
  change_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (app_id, cid)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
