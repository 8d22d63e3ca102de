-- Tasks kept with their messages: those that lists are pushed of, and those to tags and whole apps, so that they can be
-- stopped. stopped_at is null until then.
CREATE TABLE IF NOT EXISTS saved_task (
  app_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  task_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  `stored` TINYINT NOT NULL,
  content MEDIUMTEXT NOT NULL,
  group_name VARCHAR(64),
  stopped_at BIGINT,
  PRIMARY KEY (app_id, task_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
