-- Apps of upstreams, with the credentials that sign their calls and their devices' registration. Times here and in all
-- tables are milliseconds since the epoch, UTC. One statement a file, written so that it may run twice: DDL commits by
-- itself, and a crash may come before the migration is noted.
CREATE TABLE IF NOT EXISTS app (
  app_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  app_key VARCHAR(64) NOT NULL,
  master_secret VARCHAR(64) NOT NULL,
  app_secret VARCHAR(64) NOT NULL,
  name VARCHAR(64) NOT NULL,
  disabled TINYINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (app_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
