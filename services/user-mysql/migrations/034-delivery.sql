-- What happened to a task's message on a device, and when; each step once for good. day is the task's own, in days since the
-- epoch, so that all rows of a task are in one partition; days are added ahead and dropped whole by the keeping of the tables.
-- p_other has the tasks whose ids say no day (0), p_next what no partition was made for yet.
CREATE TABLE IF NOT EXISTS delivery (
  app_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  task_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  cid CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  day INT NOT NULL,
  target_at BIGINT NULL,
  sent_at BIGINT NULL,
  arrived_at BIGINT NULL,
  shown_at BIGINT NULL,
  clicked_at BIGINT NULL,
  dismissed_at BIGINT NULL,
  PRIMARY KEY (app_id, task_id, cid, day)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
PARTITION BY RANGE (day) (
  PARTITION p_other VALUES LESS THAN (1),
  PARTITION p_next VALUES LESS THAN MAXVALUE
)
