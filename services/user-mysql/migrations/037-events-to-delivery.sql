-- A row an event becomes a row a device.
INSERT INTO delivery (app_id, task_id, cid, day, target_at, sent_at, arrived_at, shown_at, clicked_at, dismissed_at)
SELECT app_id, task_id, cid, day,
  MAX(IF(event = 'target', at, NULL)), MAX(IF(event = 'sent', at, NULL)), MAX(IF(event = 'arrived', at, NULL)),
  MAX(IF(event = 'shown', at, NULL)), MAX(IF(event = 'clicked', at, NULL)), MAX(IF(event = 'dismissed', at, NULL))
FROM push_event WHERE event NOT LIKE 'custom:%' GROUP BY app_id, task_id, cid, day
ON DUPLICATE KEY UPDATE target_at = delivery.target_at
