-- How many devices of an app a CM node held at a point of time.
CREATE TABLE IF NOT EXISTS online_point (
  app_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  point_at BIGINT NOT NULL,
  node VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  n INT NOT NULL,
  PRIMARY KEY (app_id, point_at, node),
  KEY online_point_by_time (point_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
