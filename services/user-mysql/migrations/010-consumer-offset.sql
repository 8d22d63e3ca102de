-- How far the bus was read, set in the transaction that applies what was read.
CREATE TABLE IF NOT EXISTS consumer_offset (
  grp VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  topic VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  partition_no INT NOT NULL,
  next_offset BIGINT NOT NULL,
  PRIMARY KEY (grp, topic, partition_no)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
