-- On how many devices each custom event of a task happened: the number of its rows in custom_event, kept up in the same
-- transaction.
CREATE TABLE IF NOT EXISTS custom_count (
  app_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  task_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  event VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  n BIGINT NOT NULL,
  PRIMARY KEY (app_id, task_id, event)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
