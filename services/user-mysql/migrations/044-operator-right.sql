-- The greatest right of an operator for an app, or for all (`*`).
CREATE TABLE IF NOT EXISTS operator_right (
  operator_id BIGINT NOT NULL,
  app_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  right_name VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (operator_id, app_id),
  KEY operator_right_by_app (app_id, right_name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
