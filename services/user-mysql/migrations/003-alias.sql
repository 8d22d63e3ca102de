-- A cid has one alias at most, an alias ten cids. bound_no is the place in the list that bound it: with bound_at it
-- gives the order of bindings.
CREATE TABLE IF NOT EXISTS alias (
  app_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  alias VARCHAR(64) NOT NULL,
  cid CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  bound_at BIGINT NOT NULL,
  bound_no SMALLINT NOT NULL,
  PRIMARY KEY (app_id, alias, cid),
  UNIQUE KEY alias_of_cid (app_id, cid)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
