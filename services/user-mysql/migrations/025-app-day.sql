-- Figures of an app's devices by UTC day, in days since the epoch: registered, active (each device once), and the most that
-- were online at once, once the points of the day are gone. earlier: registered on days whose rows are not kept any more.
CREATE TABLE IF NOT EXISTS app_day (
  app_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  day INT NOT NULL,
  earlier BIGINT NOT NULL DEFAULT 0,
  registered BIGINT NOT NULL DEFAULT 0,
  active BIGINT NOT NULL DEFAULT 0,
  online BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (app_id, day)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
