-- Tasks that have reached at least one device's queue; made at their first event.
CREATE TABLE IF NOT EXISTS task (
  app_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  task_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at BIGINT NOT NULL,
  group_name VARCHAR(64),
  PRIMARY KEY (app_id, task_id),
  KEY task_by_time (app_id, created_at),
  KEY task_by_group (app_id, group_name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
