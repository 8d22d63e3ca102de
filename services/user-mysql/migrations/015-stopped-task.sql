-- Tasks that were stopped, in the order in which they are over: read when what Redis knew of them was lost.
CREATE TABLE IF NOT EXISTS stopped_task (
  expires_at BIGINT NOT NULL,
  task_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (expires_at, task_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
