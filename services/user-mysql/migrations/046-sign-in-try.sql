-- Tries to sign in that did not succeed, by the SHA-256 of a name or of an address: whether an operator of that name exists
-- or not. The last try is remembered, so that the same one isn't counted twice.
CREATE TABLE IF NOT EXISTS sign_in_try (
  key_hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  tries INT NOT NULL,
  last_at BIGINT NOT NULL,
  last_try VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  locked_until BIGINT NOT NULL,
  PRIMARY KEY (key_hash),
  KEY sign_in_try_by_time (last_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
