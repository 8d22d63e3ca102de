-- Tags of devices, read from either side: all devices of a tag in pages by cid, all tags of a device.
CREATE TABLE IF NOT EXISTS tag (
  app_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  tag VARCHAR(64) NOT NULL,
  cid CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (app_id, tag, cid),
  KEY tags_of_cid (app_id, cid)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
