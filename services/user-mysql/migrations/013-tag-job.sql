-- Pushes to the devices of a tag expression, and how far each got: page (0: none yet) is the one that was written last or
-- is being written, of the devices above after_cid up to until_cid (null: to the end). Whoever has the lease goes on.
CREATE TABLE IF NOT EXISTS tag_job (
  app_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  task_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  record MEDIUMTEXT NOT NULL,
  page INT NOT NULL,
  after_cid CHAR(32) CHARACTER SET ascii COLLATE ascii_bin,
  until_cid CHAR(32) CHARACTER SET ascii COLLATE ascii_bin,
  owner VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  lease_until BIGINT NOT NULL,
  done TINYINT NOT NULL,
  PRIMARY KEY (app_id, task_id),
  KEY tag_job_by_lease (done, lease_until)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
