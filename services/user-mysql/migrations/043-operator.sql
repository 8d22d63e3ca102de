-- Accounts of the console. A name is one account whatever its letters' case. Those of an identity provider have a subject
-- (SHA-256 of issuer and subject, hex) and no password.
CREATE TABLE IF NOT EXISTS operator (
  id BIGINT NOT NULL AUTO_INCREMENT,
  name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL,
  password_hash VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin,
  must_change TINYINT NOT NULL,
  subject CHAR(64) CHARACTER SET ascii COLLATE ascii_bin,
  disabled TINYINT NOT NULL,
  created_at BIGINT NOT NULL,
  last_sign_in_at BIGINT,
  PRIMARY KEY (id),
  UNIQUE KEY operator_by_name (name),
  UNIQUE KEY operator_by_subject (subject)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
