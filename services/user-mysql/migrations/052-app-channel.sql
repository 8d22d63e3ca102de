-- What apps send with by the channels of vendors, as JSON that is encrypted with a key of the deployment (channelSecretsKeys).
-- hint is what may be shown of it.
CREATE TABLE IF NOT EXISTS app_channel (
  app_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  sealed VARCHAR(24000) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  hint VARCHAR(2048) NOT NULL,
  set_at BIGINT NOT NULL,
  PRIMARY KEY (app_id, kind)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
