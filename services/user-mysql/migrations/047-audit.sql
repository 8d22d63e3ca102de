-- What operators did and tried. Rows are added, and removed once they are old; none is changed. The uid is given by whoever
-- adds a row, so that a repeat adds no second one.
CREATE TABLE IF NOT EXISTS audit (
  id BIGINT NOT NULL AUTO_INCREMENT,
  uid VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  at BIGINT NOT NULL,
  operator VARCHAR(64) CHARACTER SET ascii COLLATE ascii_general_ci,
  action VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  app_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin,
  target VARCHAR(200),
  result VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  address VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  detail VARCHAR(2000) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY audit_by_uid (uid),
  KEY audit_by_time (at),
  KEY audit_by_operator (operator, id),
  KEY audit_by_action (action, id),
  KEY audit_by_app (app_id, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
