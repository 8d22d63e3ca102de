-- What came of a task's message on a device by each channel, what was said first for good; partitions as those of delivery.
CREATE TABLE IF NOT EXISTS channel_result (
  app_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  task_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  cid CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  day INT NOT NULL,
  result VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (app_id, task_id, cid, kind, day)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
PARTITION BY RANGE (day) (
  PARTITION p_other VALUES LESS THAN (1),
  PARTITION p_next VALUES LESS THAN MAXVALUE
)
