-- What an operator set for an app after it was created: the secrets it had before, each good until its time; quotas as JSON
-- by name; where receipts go. No row: nothing was set.
CREATE TABLE IF NOT EXISTS app_setting (
  app_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  old_master_secret VARCHAR(64) NULL,
  old_master_until BIGINT NULL,
  old_app_secret VARCHAR(64) NULL,
  old_app_until BIGINT NULL,
  quotas VARCHAR(1024) NULL,
  callback_url VARCHAR(512) NULL,
  PRIMARY KEY (app_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
