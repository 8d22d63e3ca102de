-- What is to be given to the planner at a later time, and what became of it: waiting, sent, failed (expired before it could
-- be sent) or cancelled; list is a saved message itself, of which each list pushed has a row of its own under its part. May be
-- taken from free_at on: when it is due, and once the lease of whoever took it has run out.
CREATE TABLE IF NOT EXISTS schedule (
  app_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  task_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  part VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  record MEDIUMTEXT NOT NULL,
  state VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  owner VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  free_at BIGINT NOT NULL,
  PRIMARY KEY (app_id, task_id, part),
  KEY schedule_by_time (state, free_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
